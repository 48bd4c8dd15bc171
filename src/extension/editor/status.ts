import * as vscode from 'vscode';
import { FULL_BITS } from '../../core/colour/surprisal';
import type { Colouring } from './colouring';

/** The legend in the status bar, while the editor in front is painted. */
export class SurprisalStatus implements vscode.Disposable {
  private readonly item = vscode.window.createStatusBarItem('vivarium.surprisal', vscode.StatusBarAlignment.Right, 90);

  constructor() {
    this.item.name = vscode.l10n.t('Vivarium: Surprisal');
    this.item.command = 'vivarium.listSurprising';
  }

  show(colouring: Colouring | undefined): void {
    if (!colouring) return this.item.hide();
    const { state, scored, problem, model } = colouring;
    if (state === 'scoring') this.item.text = `$(loading~spin) ${vscode.l10n.t('surprisal')}`;
    else if (problem || !scored) this.item.text = `$(warning) ${vscode.l10n.t('surprisal')}`;
    else
      this.item.text = `0 ▁▂▃▄▅▆▇ ${FULL_BITS}+ ${vscode.l10n.t('bits')} · ${vscode.l10n.t('mean {0}', scored.mean.toFixed(2))}`;
    this.item.tooltip = problem
      ? [problem.message, problem.action].filter(Boolean).join(' ')
      : vscode.l10n.t(
          'Surprisal by {0}: minus the binary logarithm of each token’s probability, from the ground at 0 bits to the end of the ramp at {1} bits and more. Windows of {2} tokens. Click for the most surprising.',
          model.name,
          FULL_BITS,
          scored?.context ?? model.contextLength ?? 0,
        );
    this.item.accessibilityInformation = {
      label: scored
        ? vscode.l10n.t('Surprisal, mean {0} bits over {1} tokens', scored.mean.toFixed(2), scored.judged)
        : vscode.l10n.t('Surprisal'),
    };
    this.item.show();
  }

  dispose(): void {
    this.item.dispose();
  }
}
