import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { EngineClient } from '../../../src/client/index';
import { StripFollower } from '../../../src/extension/cursor/stripFollower';
import { Colouring } from '../../../src/extension/editor/colouring';
import { TextScorer } from '../../../src/extension/editor/scoring';
import type { ModelSummary } from '../../../src/protocol/models';
import { Problem } from '../../../src/protocol/errors';
import type { Strip } from '../../../src/protocol/stripView';
import { CountedEngine, scoreText, startEngine } from './scored';
import { closeAllTabs, eventually, extension, showNewText } from './workbench';

const TEXT = 'In the beginning\nGod created 😀 the héaven and the earth.';

describe('the strip in the panel', () => {
  let client: EngineClient;
  let models: readonly ModelSummary[];
  let engine: CountedEngine;
  let follower: StripFollower;
  let coloured: Colouring | undefined;
  let cursors: (number | null)[];
  const changes = new vscode.EventEmitter<void>();
  const onProblem = (error: unknown): Problem => Problem.from(error);

  before(async () => {
    client = startEngine();
    const root = vscode.Uri.joinPath(extension().extensionUri, 'models').fsPath;
    models = await client.call('listModels', { roots: [{ path: root, origin: 'bundled' }] });
  });
  beforeEach(() => {
    engine = new CountedEngine(client);
    coloured = undefined;
    cursors = [];
    follower = new StripFollower({
      engine,
      models: { list: () => Promise.resolve(models) },
      colours: {
        of: (document) => (coloured?.document === document ? coloured : undefined),
        onChange: changes.event,
      },
      onProblem,
      onChange: () => undefined,
      onBusy: () => undefined,
      onCursor: (_place, cursor) => cursors.push(cursor),
    });
  });
  afterEach(async () => {
    follower.dispose();
    coloured?.dispose();
    await closeAllTabs();
  });
  after(async () => {
    changes.dispose();
    client.dispose();
    await client.ended();
  });

  const put = (editor: vscode.TextEditor, offset: number): void => {
    const position = editor.document.positionAt(offset);
    editor.selection = new vscode.Selection(position, position);
  };
  const shown = (what: string, wanted: (strip: Strip) => boolean): Promise<Strip> =>
    eventually(what, () => {
      const { shown: now, busy } = follower.snapshot;
      return !busy && now.state === 'ready' && wanted(now.strip) ? now.strip : undefined;
    });
  const colour = async (editor: vscode.TextEditor): Promise<Colouring> => {
    const model = models.find(({ name }) => name === 'almanac')!;
    coloured = new Colouring({
      document: editor.document,
      model,
      scorer: new TextScorer(engine, model),
      onChange: () => changes.fire(),
      onProblem,
    });
    const colouring = coloured;
    await eventually('the colours', () => (colouring.state === 'done' ? true : undefined));
    return colouring;
  };

  it('shows of the text before the cursor what a run of it says, and where each token stands', async () => {
    const editor = await showNewText(TEXT);
    put(editor, TEXT.length);
    follower.look(true);
    const strip = await shown('the text before the cursor', ({ of }) => of === 'cursor');
    const expected = (await scoreText(client, TEXT)).filter(({ bytes }) => bytes.length > 0);
    assert.deepEqual(
      strip.tokens.map(({ text, index, judgement }) => [text, index, judgement?.surprisal.toFixed(3)]),
      expected.map(({ text, judgement }, index) => [text, index, judgement?.surprisal.toFixed(3)]),
    );
    assert.deepEqual([strip.cursor, strip.total, strip.whole], [expected.length, expected.length, true]);
    // Read one after the other, the places of the tokens are the text.
    const places = strip.tokens.map((_, index) => editor.document.getText(follower.rangeOf(strip.place, index).range));
    const once = places.filter((text, index) => !/^(😀|é)$/u.test(text) || places[index - 1] !== text);
    assert.equal(once.join(''), TEXT);
  });

  it('asks nothing for a cursor that moves within what is shown, and follows it', async () => {
    const editor = await showNewText(TEXT);
    put(editor, TEXT.length);
    follower.look(true);
    const strip = await shown('the text', () => true);
    const asked = engine.asked.length;
    put(editor, 16);
    await eventually('the cursor', () => (cursors.length > 0 ? true : undefined));
    const before = strip.tokens.slice(0, cursors[0]!).map(({ text }) => text);
    assert.equal(before.join('').trim(), 'In the beginning');
    put(editor, 0);
    await eventually('the start', () => (cursors.at(-1) === 0 ? true : undefined));
    assert.equal(engine.asked.length, asked);
  });

  it('shows the very numbers that a coloured text was painted from, with no computation of its own', async () => {
    const editor = await showNewText(TEXT);
    put(editor, 3);
    const colouring = await colour(editor);
    const asked = engine.asked.length;
    follower.look(true);
    const strip = await shown('the colours', ({ of }) => of === 'colours');
    const painted = colouring.scored!.spans.flatMap(({ tokens }) => tokens);
    strip.tokens.forEach(({ judgement }, at) => {
      assert.equal(judgement?.surprisal, painted[at]?.judgement?.surprisal);
    });
    assert.equal(strip.tokens.length, painted.length);
    put(editor, TEXT.length);
    await eventually('the cursor', () => (cursors.at(-1) === strip.total ? true : undefined));
    assert.equal(engine.asked.length, asked);

    // Without its colours the text before the cursor is scored.
    coloured = undefined;
    colouring.dispose();
    changes.fire();
    await shown('the text before the cursor', ({ of }) => of === 'cursor');
    assert.ok(engine.asked.length > asked);
  });

  it('asks nothing and keeps nothing while nobody looks; a text that has changed is refused', async () => {
    const editor = await showNewText(TEXT);
    put(editor, TEXT.length);
    await new Promise((resolve) => setTimeout(resolve, 500));
    assert.deepEqual(engine.asked, []);
    follower.look(true);
    const strip = await shown('the text', () => true);
    await editor.edit((edit) => edit.insert(new vscode.Position(0, 0), 'And '));
    assert.throws(() => follower.rangeOf(strip.place, 1), { code: 'stale-edit' });
    await shown('the edit', ({ place }) => place > strip.place);
    follower.look(false);
    assert.equal(follower.snapshot.shown.state, 'waiting');
    const asked = engine.asked.length;
    await editor.edit((edit) => edit.insert(new vscode.Position(0, 0), 'And '));
    await new Promise((resolve) => setTimeout(resolve, 500));
    assert.equal(engine.asked.length, asked);
  });

  it('takes the last tokens of a long text, as many as the setting says', async () => {
    const text = 'In the beginning God created the heaven and the earth. '.repeat(60);
    const editor = await showNewText(text);
    put(editor, text.length);
    follower.look(true);
    const strip = await shown('the end', () => true);
    assert.deepEqual([strip.total, strip.whole], [255, false]);
    assert.equal(strip.cursor, 255);
    const { range } = follower.rangeOf(strip.place, 254);
    assert.equal(editor.document.offsetAt(range.end), text.length);
  });
});
