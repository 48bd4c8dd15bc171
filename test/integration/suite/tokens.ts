import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { EngineClient } from '../../../src/client/index';
import { wholeText } from '../../../src/core/text/continuation';
import { CursorFollower } from '../../../src/extension/cursor/follower';
import { TokenMark } from '../../../src/extension/cursor/tokenMark';
import type { ModelSummary } from '../../../src/protocol/models';
import { Problem } from '../../../src/protocol/errors';
import type { NextTokens } from '../../../src/protocol/tokensView';
import { CountedEngine, RUN, scoreText, startEngine } from './scored';
import { closeAllTabs, eventually, extension, showNewText } from './workbench';

const TEXT = 'In the beginning\r\nGod created 😀 the héaven and the earth.';

describe('the Tokens view', () => {
  let client: EngineClient;
  let models: readonly ModelSummary[];
  let engine: CountedEngine;
  let follower: CursorFollower;
  const problems: unknown[] = [];

  before(async () => {
    client = startEngine();
    const root = vscode.Uri.joinPath(extension().extensionUri, 'models').fsPath;
    models = await client.call('listModels', { roots: [{ path: root, origin: 'bundled' }] });
  });
  beforeEach(() => {
    engine = new CountedEngine(client);
    follower = new CursorFollower({
      engine,
      models: { list: () => Promise.resolve(models) },
      onProblem: (error) => {
        problems.push(error);
        return Problem.from(error);
      },
      onChange: () => undefined,
      onBusy: () => undefined,
    });
  });
  afterEach(async () => {
    follower.dispose();
    await closeAllTabs();
    assert.deepEqual(problems, []);
  });
  after(async () => {
    client.dispose();
    await client.ended();
  });

  const show = async (content: string, eol = vscode.EndOfLine.LF): Promise<vscode.TextEditor> => {
    const editor = await showNewText(content);
    await editor.edit((edit) => edit.setEndOfLine(eol));
    return editor;
  };
  const put = (editor: vscode.TextEditor, offset: number): vscode.Position => {
    const position = editor.document.positionAt(offset);
    editor.selection = new vscode.Selection(position, position);
    return position;
  };
  /** The distribution once it is of a place. */
  const at = (position: vscode.Position): Promise<NextTokens> =>
    eventually(`what follows ${position.line}:${position.character}`, () => {
      const { shown, busy } = follower.snapshot;
      if (busy || shown.state !== 'ready') return undefined;
      const { line, column } = shown.next;
      return line === position.line + 1 && column === position.character + 1 ? shown.next : undefined;
    });
  /** What a run of a text keeps of the place after it. */
  const expected = async (text: string): Promise<Float32Array> => {
    const tokens = await scoreText(client, text);
    const { logits } = await client.call('positionLogits', { runId: RUN, index: tokens.length });
    await client.call('closeRun', { runId: RUN });
    return logits;
  };
  const near = (one: Float32Array, other: Float32Array): void => {
    assert.equal(one.length, other.length);
    for (let id = 0; id < one.length; id++) assert.ok(Math.abs(one[id]! - other[id]!) < 1e-3);
  };

  it('opens in the side bar', async () => {
    await vscode.commands.executeCommand('vivarium.tokens.focus');
    await vscode.commands.executeCommand('workbench.action.focusActiveEditorGroup');
  });

  it('says at every place what a run of the text before it says, over line ends and characters of several bytes', async () => {
    const editor = await show(TEXT, vscode.EndOfLine.CRLF);
    follower.look('tokens', true);
    for (const before of ['In the', 'In the beginning\r\n', 'In the beginning\r\nGod created 😀', TEXT]) {
      const next = await at(put(editor, before.length));
      near(next.logits, await expected(before));
      assert.equal(next.whole, true);
      assert.equal(next.model, 'almanac');
      const follows = next.tokens.find(({ id }) => id === next.follows);
      if (before === TEXT) assert.equal(next.follows, null);
      else assert.ok(TEXT.slice(before.length).startsWith(wholeText(follows?.bytes ?? []) ?? '?'));
    }
  });

  it('inserts at the cursor, and follows what was inserted; a place that is left is refused', async () => {
    const editor = await show('In the beginning God');
    follower.look('tokens', true);
    const first = await at(put(editor, 20));
    const token = first.tokens.find(({ bytes, special }) => !special && wholeText(bytes) !== null)!;
    const text = await follower.insert(first.place, token.id);
    assert.equal(editor.document.getText(), `In the beginning God${text}`);
    assert.equal(editor.document.offsetAt(editor.selection.active), 20 + text.length);
    await at(editor.selection.active);
    await assert.rejects(follower.insert(first.place, token.id), { code: 'stale-edit' });
    const special = models.find(({ name }) => name === 'almanac')!;
    const { tokens } = await client.call('describeTokens', { model: { folder: special.folder }, ids: [0] });
    assert.equal(tokens[0]!.special, true);
    const now = await at(editor.selection.active);
    await assert.rejects(follower.insert(now.place, 0), { code: 'not-available' });
    assert.equal(editor.document.getText(), `In the beginning God${text}`);
  });

  it('asks nothing while nobody looks', async () => {
    const editor = await show('In the beginning God created');
    follower.look('tokens', true);
    await at(put(editor, 10));
    follower.look('tokens', false);
    const before = engine.asked.length;
    put(editor, 16);
    await editor.edit((edit) => edit.insert(new vscode.Position(0, 0), 'x'));
    put(editor, 4);
    await new Promise((resolve) => setTimeout(resolve, 300));
    assert.equal(engine.asked.length, before);
    follower.look('tokens', true);
    await at(editor.selection.active);
  });

  it('gives distribution and attention of one pass, and computes no attention that nobody looks at', async () => {
    const editor = await show('In the beginning 😀 God created');
    follower.look('tokens', true);
    follower.look('attention', true);
    const next = await at(put(editor, 25));
    const { shown } = follower.snapshot;
    assert.ok(shown.state === 'ready' && shown.looks);
    assert.equal(shown.looks.place, next.place);
    assert.equal(engine.withAttention.filter(Boolean).length, 1);
    assert.deepEqual(engine.withAttention, [true]);
    const { tokens, attention } = shown.looks;
    assert.ok(attention.available);
    assert.equal(attention.weights.length, attention.layers.length * attention.heads * tokens.length);

    // Each token of the context is found where it stands; the one that was put before the text stands nowhere.
    assert.equal(follower.rangeOf(next.place, 0), null);
    for (const [index, { text }] of tokens.entries()) {
      const found = follower.rangeOf(next.place, index);
      if (/God|beginning/.test(text))
        assert.equal(editor.document.getText(found?.range), text.trimStart() === text ? text : ` ${text.trim()}`);
    }
    const mark = new TokenMark();
    mark.show(editor, follower.rangeOf(next.place, 1)!.range);
    mark.dispose();

    // Tokens comes back to what is known already; without the Attention view no attention is computed.
    follower.look('tokens', false);
    follower.look('tokens', true);
    await new Promise((resolve) => setTimeout(resolve, 300));
    assert.deepEqual(engine.withAttention, [true]);
    follower.look('attention', false);
    await at(put(editor, 10));
    assert.deepEqual(engine.withAttention, [true, false]);
    assert.throws(() => follower.rangeOf(next.place, 1), { code: 'stale-edit' });
    follower.look('tokens', false);
    assert.equal(follower.snapshot.shown.state, 'waiting');
  });

  it('says where there is no text editor, and where nothing stands before the cursor', async () => {
    follower.look('tokens', true);
    await eventually('no editor', () => (follower.snapshot.shown.state === 'no-editor' ? true : undefined));
    const editor = await show('In the beginning');
    put(editor, 0);
    await eventually('no text', () => (follower.snapshot.shown.state === 'no-text' ? true : undefined));
  });

  it('follows the cells of a notebook', async () => {
    const cell = new vscode.NotebookCellData(vscode.NotebookCellKind.Markup, 'In the beginning God', 'markdown');
    const notebook = await vscode.workspace.openNotebookDocument('jupyter-notebook', new vscode.NotebookData([cell]));
    await vscode.window.showNotebookDocument(notebook);
    await vscode.commands.executeCommand('notebook.cell.edit');
    const { document } = notebook.cellAt(0);
    const editor = await eventually('the cell’s editor', () => {
      const active = vscode.window.activeTextEditor;
      return active?.document === document ? active : undefined;
    });
    follower.look('tokens', true);
    near((await at(put(editor, 16))).logits, await expected('In the beginning'));
    await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
  });

  it('asks one thing at a time, stops it when the cursor moves on, and ends with the last place', async () => {
    const text = 'In the beginning God created the heaven and the earth. '.repeat(150);
    const editor = await show(text);
    follower.look('tokens', true);
    const long = await at(put(editor, text.length));
    assert.deepEqual([long.used, long.whole], [256, false]);
    // Each request for logits meets a cursor that moves on, three times.
    let moves = 3;
    engine.onLogits = () => {
      if (moves-- > 0) follower.moved();
    };
    const stopped = engine.stopped;
    follower.moved();
    await eventually('the moves', () => (moves < 0 ? true : undefined));
    await at(editor.selection.active);
    assert.ok(engine.stopped - stopped >= 3);

    const asked = engine.asked.length;
    for (const character of 'And God said, Let there be light. '.repeat(6).slice(0, 200)) {
      await vscode.commands.executeCommand('type', { text: character });
    }
    const next = await at(editor.selection.active);
    assert.equal(engine.most, 1);
    assert.equal(editor.document.offsetAt(editor.selection.active), text.length + 200);
    const requests = engine.asked.slice(asked).filter((method) => method === 'nextLogits').length;
    assert.ok(requests >= 1 && requests < 200);
    assert.equal(next.used, 256);
  });
});
