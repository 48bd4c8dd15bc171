import assert from 'node:assert/strict';
import { copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import * as vscode from 'vscode';
import { decidedCells, NO_PASS } from '../../../src/core/life/board-passes';
import {
  LIFE_RESULT_MIME,
  readLifeBoards,
  readLifeResult,
  type LifeResult,
} from '../../../src/core/notebook/life-result';
import { readRunResult, RESULT_MIME } from '../../../src/core/notebook/result';
import { runningCell } from '../../../src/extension/notebook/kernel';
import { outputTypes, savedNotebook } from '../nbformat/validate';
import { closeAllTabs, eventually, showNewText } from './workbench';

const LANGUAGE = 'vivarium-prompt';
const { Code } = vscode.NotebookCellKind;

async function open(...cells: readonly string[]): Promise<vscode.NotebookDocument> {
  const data = new vscode.NotebookData(cells.map((text) => new vscode.NotebookCellData(Code, text, LANGUAGE)));
  const notebook = await vscode.workspace.openNotebookDocument('jupyter-notebook', data);
  await vscode.window.showNotebookDocument(notebook);
  return notebook;
}

async function run(notebook: vscode.NotebookDocument): Promise<void> {
  await vscode.window.showNotebookDocument(notebook);
  await vscode.commands.executeCommand('notebook.execute');
}

/** The output of a cell under a type, once its run has ended. */
async function ended(cell: vscode.NotebookCell): Promise<vscode.NotebookCellExecutionSummary> {
  return eventually('the cell to end', () => (cell.executionSummary?.timing ? cell.executionSummary : undefined));
}

function item({ outputs }: Pick<vscode.NotebookCell, 'outputs'>, mime: string): string {
  const found = outputs.flatMap(({ items }) => items).find((each) => each.mime === mime);
  assert.ok(found, `no ${mime} among ${outputs.flatMap(({ items }) => items.map((each) => each.mime)).join(', ')}`);
  return new TextDecoder().decode(found.data);
}

/** What a notebook file says of itself, as VS Code keeps it. */
interface NotebookFields {
  readonly metadata?: { readonly language_info?: { readonly name: string } };
}

function languagesOf(notebook: vscode.NotebookDocument): string[] {
  return notebook
    .getCells()
    .filter(({ kind }) => kind === Code)
    .map(({ document }) => document.languageId);
}

describe('notebooks', () => {
  let folder: string;

  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'vivarium-notebooks-'));
  });
  afterEach(async () => {
    for (const _ of vscode.workspace.notebookDocuments) {
      await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
    }
    await closeAllTabs();
  });
  after(() => rm(folder, { recursive: true }));

  it('run their cells with the kernel, in order, and keep each result for us, as a picture and as text', async () => {
    const notebook = await open(
      'model: almanac\ntemperature: 0\nmax-new: 8\nname: first\n\nIn the beginning',
      'decoder: speculative\ngamma: 3\ntemperature: 0\nmax-new: 8\ncompare: first\n\nIn the beginning',
    );
    await run(notebook);
    const [first, second] = notebook.getCells() as [vscode.NotebookCell, vscode.NotebookCell];
    assert.deepEqual([(await ended(first)).success, (await ended(second)).success], [true, true]);
    assert.deepEqual([first.executionSummary?.executionOrder, second.executionSummary?.executionOrder], [1, 2]);
    const { trace } = readRunResult(JSON.parse(item(first, RESULT_MIME)));
    assert.equal(trace.summary?.generatedTokens, 8);
    assert.match(item(first, 'image/svg+xml'), /^<svg /);
    assert.match(item(first, 'text/plain'), /almanac .*\n\n?.*In the beginning/s);
    const drafted = readRunResult(JSON.parse(item(second, RESULT_MIME)));
    assert.ok((drafted.trace.summary?.speculation?.drafted ?? 0) > 0);
    assert.deepEqual(drafted.notes, ['Token for token the same as "first".']);
  });

  it('are saved as ordinary notebooks, and have their results when they are opened again', async () => {
    const file = path.join(folder, 'kept.ipynb');
    const source = ['max-new: 4\n', '\n', 'In the beginning'];
    const metadata = { vscode: { languageId: LANGUAGE } };
    const cell = { id: 'kept', cell_type: 'code', execution_count: null, metadata, outputs: [], source };
    await writeFile(file, JSON.stringify({ nbformat: 4, nbformat_minor: 5, metadata: {}, cells: [cell] }));
    const notebook = await vscode.workspace.openNotebookDocument(vscode.Uri.file(file));
    await run(notebook);
    await ended(notebook.cellAt(0));
    const expected = item(notebook.cellAt(0), RESULT_MIME);
    assert.ok(await notebook.save());
    assert.deepEqual(outputTypes(await savedNotebook(file)), [[RESULT_MIME, 'image/svg+xml', 'text/plain'].sort()]);
    // Under another name: this one is open.
    const copy = path.join(folder, 'copied.ipynb');
    await copyFile(file, copy);
    const again = await vscode.workspace.openNotebookDocument(vscode.Uri.file(copy));
    assert.equal(again.cellAt(0).document.languageId, LANGUAGE);
    assert.deepEqual(JSON.parse(item(again.cellAt(0), RESULT_MIME)), JSON.parse(expected));
  });

  it('say what is wrong with a cell, at its line, and leave the cells after it', async () => {
    const notebook = await open('temprature: 1\n\nx', 'decoder: magic\nmodel: almanak\n\nx', 'max-new: 1\n\nx');
    // The first cell has no known key in its first lines, so it is all prompt; the second is refused.
    await run(notebook);
    const [first, second, third] = notebook.getCells() as [
      vscode.NotebookCell,
      vscode.NotebookCell,
      vscode.NotebookCell,
    ];
    await ended(first);
    assert.equal((await ended(second)).success, false);
    assert.match(
      item(second, 'application/vnd.code.notebook.error'),
      /Line 1: .*must be one of autoregressive.*, not magic\. Line 2: .*named \\"almanak\\".* Did you mean \\"almanac\\"\?/,
    );
    assert.match(item(first, 'text/plain'), /no header key "temprature"\. Did you mean "temperature"\?/);
    const diagnostics = await eventually('the mark', () => {
      const found = vscode.languages.getDiagnostics(second.document.uri);
      return found.length > 0 ? found : undefined;
    });
    assert.deepEqual(diagnostics[0]?.range, new vscode.Range(0, 9, 0, 14));
    assert.equal(third.outputs.length, 0);
  });

  it('ask a Life model what follows a pattern, step by step', async () => {
    const data = new vscode.NotebookData([
      new vscode.NotebookCellData(Code, 'steps: 4\n\nbo$2bo$3o!', 'vivarium-life'),
    ]);
    const notebook = await vscode.workspace.openNotebookDocument('jupyter-notebook', data);
    await run(notebook);
    const cell = notebook.cellAt(0);
    assert.equal((await ended(cell)).success, true);
    const result = readLifeResult(JSON.parse(item(cell, LIFE_RESULT_MIME)));
    assert.equal(result.boards.length, 5);
    // A glider is itself again after four steps, one cell further down and right.
    const [start, , , , last] = readLifeBoards(result).predicted;
    const moved = Uint8Array.from(last ?? [], (_, at) => last?.[(at + 17) % 256] ?? 0);
    assert.deepEqual(moved, start);
    assert.match(item(cell, 'text/plain'), /every cell right/);
    assert.match(item(cell, 'image/svg+xml'), /^<svg /);
  });

  it('ask it with a decoder, and keep which pass said each cell', async () => {
    const data = ['exact-rule\ngamma: 64', 'speculative', 'autoregressive'].map(
      (decoder) => new vscode.NotebookCellData(Code, `decoder: ${decoder}\nsteps: 2\n\nbo$2bo$3o!`, 'vivarium-life'),
    );
    const notebook = await vscode.workspace.openNotebookDocument('jupyter-notebook', new vscode.NotebookData(data));
    await run(notebook);
    const results: LifeResult[] = [];
    for (const cell of notebook.getCells()) {
      assert.equal((await ended(cell)).success, true);
      results.push(readLifeResult(JSON.parse(item(cell, LIFE_RESULT_MIME))));
      assert.match(item(cell, 'text/plain'), /2 steps in \d+ passes after the prompts/);
    }
    const [byRule, byDraft, plain] = results.map(({ decoding }) => decoding!);
    assert.deepEqual(
      results.map(({ boards }) => boards),
      results.map(() => results[0]!.boards),
    );
    for (const { steps } of [byRule!, byDraft!, plain!]) {
      assert.equal(steps.length, 2);
      for (const step of steps) assert.ok(!decidedCells(step, 256).pass.includes(NO_PASS));
    }
    // A model that is right takes a pass for each 64 cells and the one after them.
    assert.ok(byRule!.steps[0]!.length < 8 && byRule!.steps[0]!.every(({ drafted }) => drafted <= 64));
    assert.equal(byDraft!.draft, 'lifegpt-16-draft');
    assert.ok(plain!.steps[0]!.length >= 255 && plain!.steps[0]!.every(({ drafted }) => drafted === 0));
  });

  it('stop a cell that runs, and keep what came', async () => {
    const notebook = await open('max-new: 400\ndecoder: autoregressive\n\nIn the beginning');
    const cell = notebook.cellAt(0);
    const running = run(notebook);
    await eventually('the first tokens', () => (cell.outputs.length > 0 ? true : undefined));
    await vscode.commands.executeCommand('notebook.cancelExecution');
    await running;
    const result = await eventually('the end', () => {
      const { trace } = readRunResult(JSON.parse(item(cell, RESULT_MIME)));
      return trace.summary ? trace : undefined;
    });
    assert.ok(['cancelled', 'length', 'end-of-text', 'context-full'].includes(result.summary?.finish ?? ''));
    assert.ok(result.tokens.length > 3);
    if (result.summary?.finish === 'cancelled')
      assert.match(item(cell, 'text/plain'), /Stopped after \d+ new tokens\./);
  });

  it('stop the one cell that the status bar names, and go back to it', async () => {
    const text = 'steps: 200\ndecoder: autoregressive\n\nbo$2bo$3o!';
    const data = new vscode.NotebookData([new vscode.NotebookCellData(Code, text, 'vivarium-life')]);
    const notebook = await vscode.workspace.openNotebookDocument('jupyter-notebook', data);
    const cell = notebook.cellAt(0);
    const done = run(notebook);
    await eventually('the first board', () => (cell.outputs.length > 0 ? true : undefined));
    const running = runningCell(cell);
    assert.match(running.label, /, cell 1$/);
    await showNewText('');
    await running.show();
    assert.equal(vscode.window.activeNotebookEditor?.notebook, notebook);
    await running.stop();
    await done;
    assert.match(item(cell, 'text/plain'), /Stopped after step \d+ of 200\./);
    // An end that is neither a success nor a failure is a stop.
    assert.equal((await ended(cell)).success, undefined);
  });

  it('complete the keys and values of a header, and explain them', async () => {
    const notebook = await open('decoder: \n\nx');
    const { document } = notebook.cellAt(0);
    const complete = async (line: number, character: number): Promise<string[]> => {
      const position = new vscode.Position(line, character);
      const list = await vscode.commands.executeCommand<vscode.CompletionList>(
        'vscode.executeCompletionItemProvider',
        document.uri,
        position,
      );
      return list.items.map(({ label }) => (typeof label === 'string' ? label : label.label));
    };
    assert.ok((await complete(0, 9)).includes('speculative'));
    const edit = new vscode.WorkspaceEdit();
    edit.replace(document.uri, new vscode.Range(0, 0, 0, 9), 'decoder: speculative\nmodel: \n');
    await vscode.workspace.applyEdit(edit);
    assert.ok((await complete(1, 7)).includes('almanac'));
    const keys = await complete(2, 0);
    assert.ok(keys.includes('gamma') && keys.includes('temperature') && !keys.includes('decoder'));
    // In the prompt VS Code offers the words of the text, and we nothing.
    assert.ok(!(await complete(4, 0)).includes('gamma'));
    const hovers = await vscode.commands.executeCommand<vscode.Hover[]>(
      'vscode.executeHoverProvider',
      document.uri,
      new vscode.Position(0, 12),
    );
    assert.match(
      hovers
        .flatMap(({ contents }) => contents as vscode.MarkdownString[])
        .map(({ value }) => value)
        .join(),
      /\(exact\)/,
    );
  });

  it('of a new kind begin with a prompt that runs', async () => {
    await vscode.commands.executeCommand('vivarium.newNotebook');
    const notebook = await eventually('the notebook', () => vscode.window.activeNotebookEditor?.notebook);
    await run(notebook);
    const cell = notebook.getCells().find(({ kind }) => kind === Code);
    assert.ok(cell);
    assert.equal((await ended(cell)).success, true);
  });

  it('that were made before their languages were kept open with them, and keep them from then on', async () => {
    const source = (text: string): string[] => text.split(/(?<=\n)/);
    const cell = (text: string, language?: string): object => ({
      ...{ id: text.slice(0, 4), cell_type: 'code', execution_count: null, outputs: [], source: source(text) },
      metadata: language === undefined ? {} : { vscode: { languageId: language } },
    });
    const cells = [cell('temperature: 0\nmax-new: 2\n\nOnce'), cell('bo$2bo$3o!', 'vivarium-life'), cell('Upon')];
    const file = path.join(folder, 'before.ipynb');
    await writeFile(file, JSON.stringify({ nbformat: 4, nbformat_minor: 5, metadata: {}, cells }));
    const notebook = await vscode.workspace.openNotebookDocument(vscode.Uri.file(file));
    await eventually('the languages', () => (languagesOf(notebook)[2] === LANGUAGE ? true : undefined));
    assert.deepEqual(languagesOf(notebook), [LANGUAGE, 'vivarium-life', LANGUAGE]);
    await eventually('what is saved', () =>
      (notebook.metadata as NotebookFields).metadata?.language_info?.name === LANGUAGE ? true : undefined,
    );
    await run(notebook);
    assert.equal((await ended(notebook.cellAt(2))).success, true);
    assert.ok(await notebook.save());
    const kept = JSON.parse(await readFile(file, 'utf8')) as NotebookFields['metadata'] & { metadata: object };
    assert.deepEqual(kept.metadata, { language_info: { name: LANGUAGE } });
  });

  it('are valid nbformat 4.5 whatever their cells came to, and no result is in our own type alone', async () => {
    const file = path.join(folder, 'valid.ipynb');
    await writeFile(file, JSON.stringify({ nbformat: 4, nbformat_minor: 5, metadata: {}, cells: [] }));
    const notebook = await vscode.workspace.openNotebookDocument(vscode.Uri.file(file));
    const cells = [
      ['max-new: 4\nshow: tokens, attention\n\nIn the beginning', LANGUAGE],
      ['decoder: speculative\nmax-new: 12\n\nIn the beginning', LANGUAGE],
      ['steps: 2\n\nbo$2bo$3o!', 'vivarium-life'],
      ['decoder: magic\n\nx', LANGUAGE],
    ] as const;
    const edit = new vscode.WorkspaceEdit();
    const data = cells.map(([text, language]) => new vscode.NotebookCellData(Code, text, language));
    edit.set(notebook.uri, [vscode.NotebookEdit.insertCells(0, data)]);
    await vscode.workspace.applyEdit(edit);
    await run(notebook);
    await ended(notebook.cellAt(3));
    assert.ok(await notebook.save());
    const types = outputTypes(await savedNotebook(file));
    const kept = (mime: string): string[] => [mime, 'image/svg+xml', 'text/plain'].sort();
    assert.deepEqual(types, [kept(RESULT_MIME), kept(RESULT_MIME), kept(LIFE_RESULT_MIME), []]);
  });

  it('that are corrupt, cut, of another kind or newer are left as they are', async () => {
    const whole = await readFile(path.join(folder, 'valid.ipynb'), 'utf8');
    const python = {
      cells: [
        {
          cell_type: 'code',
          execution_count: 1,
          metadata: {},
          outputs: [{ output_type: 'stream', name: 'stdout', text: ['1\n'] }],
          source: ['print(1)'],
        },
      ],
      metadata: { kernelspec: { display_name: 'Python 3', language: 'python', name: 'python3' } },
      nbformat: 4,
      nbformat_minor: 2,
    };
    const contents = [
      ...['{"cells": [', 'not a notebook', '{"nbformat": 99, "cells": [], "metadata": {}}', '[]', '7', '\uFEFF{}'],
      ...['{"nbformat": 3, "worksheets": [{"cells": [{"cell_type": "code", "input": ["1"]}]}], "metadata": {}}'],
      ...[whole.slice(0, whole.length / 2), whole.slice(0, -2), JSON.stringify(python)],
    ];
    for (const [place, content] of contents.entries()) {
      const file = path.join(folder, `bad-${place}.ipynb`);
      await writeFile(file, content);
      await vscode.commands.executeCommand('vscode.open', vscode.Uri.file(file)).then(undefined, () => undefined);
      await vscode.commands.executeCommand('workbench.action.files.saveAll');
      assert.equal(await readFile(file, 'utf8'), content, content.slice(0, 60));
      await closeAllTabs();
    }
  });
});
