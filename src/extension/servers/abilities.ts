import * as vscode from 'vscode';
import type { ServerAbilities } from '../../protocol/servers';

/** One thing that a server gives or does not, in words. */
export interface Ability {
  readonly label: string;
  readonly available: boolean;
  readonly how: string;
}

/** What can be shown of a model on a server. */
export function abilitiesOf(can: ServerAbilities): readonly Ability[] {
  const yesNo = (label: string, available: boolean, yes: string, no: string): Ability => ({
    label,
    available,
    how: available ? yes : no,
  });
  const { alternatives } = can;
  return [
    {
      label: vscode.l10n.t('Alternatives'),
      available: alternatives !== 0,
      how:
        alternatives === 'whole'
          ? vscode.l10n.t('up to the whole distribution')
          : alternatives === 0
            ? vscode.l10n.t('none')
            : vscode.l10n.t('the top {0} of each token', alternatives),
    },
    yesNo(
      vscode.l10n.t('Prompt'),
      can.promptLogprobs,
      vscode.l10n.t('probability of every token'),
      vscode.l10n.t('no probabilities of the prompt'),
    ),
    yesNo(
      vscode.l10n.t('Token ids'),
      can.tokenIds,
      vscode.l10n.t('of the vocabulary'),
      vscode.l10n.t('tokens are named by their text alone'),
    ),
    {
      label: vscode.l10n.t('Speculation'),
      available: can.speculation !== 'none',
      how: {
        steps: vscode.l10n.t('counted step by step, where the server speculates'),
        sums: vscode.l10n.t('sums of a run alone'),
        none: vscode.l10n.t('not reported'),
      }[can.speculation],
    },
    yesNo(
      vscode.l10n.t('Seeds'),
      can.seeds,
      vscode.l10n.t('the same seed, the same text'),
      vscode.l10n.t('not honoured'),
    ),
    yesNo(
      vscode.l10n.t('Counters'),
      can.metrics,
      vscode.l10n.t('/metrics'),
      vscode.l10n.t('none of the server as a whole'),
    ),
    {
      label: vscode.l10n.t('Attention, layers'),
      available: false,
      how: vscode.l10n.t('a server gives none'),
    },
  ];
}
