import * as vscode from 'vscode';
import { endOfText } from '../../core/text/continuation';

/** Characters after the cursor that are looked at for the token that stands there. */
const AHEAD = 64;

export interface CursorText {
  /** The end of what stands before the cursor, with the document's own line ends. */
  readonly before: string;
  /** Whether that is all of it. */
  readonly whole: boolean;
  readonly after: string;
}

/** The text around a place; reads the lines that are needed and no more, however long the document is. */
export function textAround(document: vscode.TextDocument, position: vscode.Position, most: number): CursorText {
  let { line } = position;
  for (let length = position.character; length < most && line > 0;) {
    line--;
    length += document.lineAt(line).text.length + 1;
  }
  const read = document.getText(new vscode.Range(new vscode.Position(line, 0), position));
  const before = endOfText(read, most);
  const next = Math.min(document.lineCount - 1, position.line + 1);
  const ahead = document.getText(new vscode.Range(position, new vscode.Position(next, AHEAD))).slice(0, AHEAD);
  // Not within a character.
  const after = /[\ud800-\udbff]$/.test(ahead) ? ahead.slice(0, -1) : ahead;
  return { before, whole: line === 0 && before.length === read.length, after };
}
