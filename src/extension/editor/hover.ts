import * as vscode from 'vscode';
import { tokenLabel } from '../../core/text/tokens';
import type { TraceToken } from '../../core/trace/record';
import type { ScoredSpan } from './scoring';

const ALTERNATIVES = 5;

/** Probability, rank, surprisal and entropy of what stands here, and what the model thought likelier. */
export function hoverOf({ tokens }: ScoredSpan, model: string): vscode.MarkdownString {
  const markdown = new vscode.MarkdownString();
  tokens.forEach((token, place) => {
    if (place > 0) markdown.appendMarkdown('\n\n---\n\n');
    markdown.appendMarkdown(tokenTable(token));
  });
  markdown.appendMarkdown(`\n\n*${escaped(vscode.l10n.t('by {0}', model))}*`);
  return markdown;
}

function tokenTable({ text, id, judgement }: TraceToken): string {
  const name = code(text);
  if (!judgement) return vscode.l10n.t('{0}: the first token, nothing predicted it.', name);
  const { probability, rank, surprisal, entropy, top } = judgement;
  const numbers = [
    `${vscode.l10n.t('probability')} **${probability < 0.0005 ? '<0.001' : probability.toFixed(3)}**`,
    `${vscode.l10n.t('rank')} **${rank}**`,
    `${vscode.l10n.t('surprisal')} **${surprisal.toFixed(2)}** bits`,
    `${vscode.l10n.t('entropy')} **${entropy.toFixed(2)}** bits`,
  ].join(' · ');
  const rows = top.slice(0, ALTERNATIVES).map((each, place) => {
    const mark = each.id === id ? ' ✓' : '';
    return `| ${place + 1} | ${code(each.text)}${mark} | ${each.probability.toFixed(3)} |`;
  });
  return [`${name} &nbsp; ${numbers}`, '', '| # | token | p |', '| --: | :-- | --: |', ...rows].join('\n');
}

/** A token's text, which is anyone's, as code: nothing in it is Markdown, and no cell of a table ends in it. */
function code(text: string): string {
  const label = tokenLabel(text).replaceAll('|', '\\|');
  const fence = '`'.repeat(Math.max(0, ...[...label.matchAll(/`+/g)].map(([run]) => run.length)) + 1);
  const pad = /^`|`$/.test(label) ? ' ' : '';
  return label === '' ? '``∅``' : `${fence}${pad}${label}${pad}${fence}`;
}

function escaped(text: string): string {
  return text.replace(/[\\`*_{}[\]()#+\-.!|<>]/g, '\\$&');
}
