import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { textSpans } from '../../../src/core/text/spans';
import type { TraceToken } from '../../../src/core/trace/record';
import { scoreText, startEngine } from './scored';
import { closeAllTabs, eventually, showNewText } from './workbench';

const TEXT = 'In the beginning\r\nGod created 😀 the héaven and the earth.';

async function show(content: string): Promise<vscode.TextEditor> {
  const editor = await showNewText(content);
  await editor.edit((edit) => edit.setEndOfLine(vscode.EndOfLine.CRLF));
  return editor;
}

/** What the lenses of a document say. */
async function lensesOf({ uri }: vscode.TextDocument): Promise<readonly string[]> {
  const lenses = await vscode.commands.executeCommand<vscode.CodeLens[]>('vscode.executeCodeLensProvider', uri);
  return lenses.map(({ command }) => command?.title ?? '');
}

async function scored(document: vscode.TextDocument, pattern = /(\d+) tokens scored by almanac/): Promise<string> {
  return eventually('the score', async () => (await lensesOf(document)).find((title) => pattern.test(title)));
}

async function hoverAt(document: vscode.TextDocument, position: vscode.Position): Promise<vscode.Hover | undefined> {
  const hovers = await vscode.commands.executeCommand<vscode.Hover[]>(
    'vscode.executeHoverProvider',
    document.uri,
    position,
  );
  return hovers.find(({ contents }) => contents.some((each) => textOf(each).includes('surprisal')));
}

const textOf = (content: vscode.MarkdownString | vscode.MarkedString): string =>
  typeof content === 'string' ? content : content.value;

/** The tokens of a text as a run scores them. */
async function scoredByRun(text: string): Promise<TraceToken[]> {
  const client = startEngine();
  try {
    return await scoreText(client, text);
  } finally {
    client.dispose();
    await client.ended();
  }
}

describe('colours by surprisal', () => {
  afterEach(closeAllTabs);

  it('say of every place what a run of the same text says, over line ends and characters of several bytes', async () => {
    const { document } = await show(TEXT);
    assert.equal(document.getText(), TEXT);
    await vscode.commands.executeCommand('vivarium.colourBySurprisal');
    const title = await scored(document);
    const tokens = await scoredByRun(TEXT);
    assert.match(title, new RegExp(`^${tokens.filter(({ judgement }) => judgement).length} tokens`));
    const { spans, whole } = textSpans(TEXT, tokens);
    assert.ok(whole);
    for (const { start, end, first, last } of spans) {
      const hover = await hoverAt(document, document.positionAt(start));
      assert.ok(hover?.range, `nothing is said of ${JSON.stringify(TEXT.slice(start, end))}`);
      // VS Code has no position within a line end: what stands there ends with the line before it, or begins after it.
      assert.ok(document.offsetAt(hover.range.start) <= start);
      for (const { judgement } of tokens.slice(first, last + 1)) {
        const said = hover.contents.map(textOf).join('');
        if (document.offsetAt(hover.range.end) === end && judgement) {
          assert.ok(said.includes(`**${judgement.surprisal.toFixed(2)}** bits`), said);
        }
      }
    }
  });

  it('are scored again after an edit, and end when they are hidden', async () => {
    const editor = await show('In the beginning');
    const { document } = editor;
    await vscode.commands.executeCommand('vivarium.colourBySurprisal');
    const before = Number(/^\d+/.exec(await scored(document))?.[0]);
    await editor.edit((edit) => edit.insert(document.lineAt(0).range.end, ' God created the heaven'));
    await eventually('the edit to be scored', async () =>
      (await lensesOf(document)).some((title) => Number(/^(\d+) tokens scored/.exec(title)?.[1]) > before)
        ? true
        : undefined,
    );
    await vscode.commands.executeCommand('vivarium.clearSurprisal');
    await eventually('the lenses to go', async () => ((await lensesOf(document)).length === 0 ? true : undefined));
    assert.equal(await hoverAt(document, new vscode.Position(0, 4)), undefined);
  });

  it('paint the selection alone, which moves with edits before it', async () => {
    const editor = await show('Of no interest.\nIn the beginning God created');
    const { document } = editor;
    editor.selection = new vscode.Selection(1, 0, 1, 28);
    await vscode.commands.executeCommand('vivarium.colourBySurprisal');
    await scored(document);
    assert.equal(await hoverAt(document, new vscode.Position(0, 3)), undefined);
    const hover = await hoverAt(document, new vscode.Position(1, 4));
    await editor.edit((edit) => edit.insert(new vscode.Position(0, 0), 'Above.\n'));
    const moved = await eventually('the colours below', () => hoverAt(document, new vscode.Position(2, 4)));
    assert.deepEqual(moved.contents.map(textOf), hover?.contents.map(textOf));
  });

  it('work in the cells of a notebook', async () => {
    const cell = new vscode.NotebookCellData(
      vscode.NotebookCellKind.Markup,
      'In the beginning God created',
      'markdown',
    );
    const notebook = await vscode.workspace.openNotebookDocument('jupyter-notebook', new vscode.NotebookData([cell]));
    await vscode.window.showNotebookDocument(notebook);
    await vscode.commands.executeCommand('notebook.cell.edit');
    const { document } = notebook.cellAt(0);
    await eventually('the cell’s editor', () =>
      vscode.window.activeTextEditor?.document === document ? true : undefined,
    );
    await vscode.commands.executeCommand('vivarium.colourBySurprisal');
    await scored(document);
    assert.ok(await hoverAt(document, new vscode.Position(0, 4)));
    await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
  });
});
