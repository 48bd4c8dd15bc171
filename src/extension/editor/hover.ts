import * as vscode from 'vscode';
import { Markdown, markdown } from '../../core/text/markdown';
import { tokenLabel } from '../../core/text/tokens';
import type { TraceToken } from '../../core/trace/record';
import { markdownString } from '../markdown';
import type { ScoredSpan } from './scoring';

const ALTERNATIVES = 5;

/** Probability, rank, surprisal and entropy of what stands here, and what the model thought likelier. */
export function hoverOf({ tokens }: ScoredSpan, model: string): vscode.MarkdownString {
  const by = markdown`*${vscode.l10n.t('by {0}', model)}*`;
  return markdownString(Markdown.join([Markdown.join(tokens.map(tokenTable), '\n\n---\n\n'), by], '\n\n'));
}

function tokenTable({ text, id, judgement }: TraceToken): Markdown {
  const name = code(text);
  if (!judgement) return markdown`${name} &nbsp; ${vscode.l10n.t('the first token, nothing predicted it.')}`;
  const { probability, rank, surprisal, entropy, top } = judgement;
  const numbers = Markdown.join(
    [
      markdown`${vscode.l10n.t('probability')} **${probability < 0.0005 ? '<0.001' : probability.toFixed(3)}**`,
      markdown`${vscode.l10n.t('rank')} **${rank}**`,
      markdown`${vscode.l10n.t('surprisal')} **${surprisal.toFixed(2)}** bits`,
      markdown`${vscode.l10n.t('entropy')} **${entropy.toFixed(2)}** bits`,
    ],
    ' · ',
  );
  const rows = top.slice(0, ALTERNATIVES).map((each, place) => {
    const mark = each.id === id ? ' ✓' : '';
    return markdown`| ${place + 1} | ${code(each.text)}${mark} | ${each.probability.toFixed(3)} |`;
  });
  const head = [
    markdown`${name} &nbsp; ${numbers}`,
    markdown``,
    markdown`
| # | token | p |
    `,
    markdown`
| --: | :-- | --: |
    `,
  ];
  return Markdown.join([...head, ...rows], '\n');
}

/** A token's text, which is anyone's. */
function code(text: string): Markdown {
  const label = tokenLabel(text);
  return Markdown.code(label === '' ? '∅' : label);
}
