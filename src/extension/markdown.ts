import * as vscode from 'vscode';
import type { Markdown } from '../core/text/markdown';

/** The only way to a MarkdownString: what it is made of was built from texts. Neither commands nor HTML are run in it. */
export function markdownString({ value }: Markdown): vscode.MarkdownString {
  return new vscode.MarkdownString(value);
}
