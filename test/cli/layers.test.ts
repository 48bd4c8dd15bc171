import assert from 'node:assert/strict';
import { test } from 'node:test';
import { document, vivarium } from './vivarium';

interface LayersDocument {
  readonly model: { readonly name: string; readonly layers: number };
  readonly promptLength: number;
  readonly top: number;
  readonly tokens: readonly { readonly id: number }[];
  readonly states: readonly {
    readonly layer: number;
    readonly agreement: number;
    readonly places: readonly {
      readonly index: number;
      readonly top: readonly { readonly id: number; readonly probability: number }[];
      readonly divergence: number;
      readonly velocity: number | null;
    }[];
  }[];
}

const PROMPT = ['--model', 'almanac', '--prompt', 'The sun rises in the'];

test('layers --json: every state of every token; the last is the model itself', async () => {
  const { model, states, tokens, promptLength } = await document<LayersDocument>(
    ...['layers', ...PROMPT, '--max-new', '3', '--top', '2'],
  );
  const run = await document<{ tokens: readonly { id: number; top?: readonly { id: number }[] }[] }>(
    ...['run', ...PROMPT, '--max-new', '3'],
  );
  assert.equal(model.name, 'almanac');
  assert.deepEqual(
    states.map(({ layer }) => layer),
    Array.from({ length: model.layers + 1 }, (_, layer) => layer),
  );
  assert.deepEqual(
    tokens.map(({ id }) => id),
    run.tokens.map(({ id }) => id),
  );
  const last = states.at(-1)!;
  assert.equal(last.agreement, 1);
  for (const { places, agreement } of states) {
    assert.equal(places.length, tokens.length);
    const same = places.filter(({ top }, i) => top[0]!.id === last.places[i]!.top[0]!.id).length;
    assert.equal(agreement, same / tokens.length);
    assert.ok(places.every(({ top }) => top.length === 2 && top[0]!.probability >= top[1]!.probability));
  }
  // Greedy: what the last layer says most is the next token.
  for (let i = promptLength; i < tokens.length; i++) assert.equal(last.places[i - 1]!.top[0]!.id, tokens[i]!.id);
  assert.ok(last.places.every(({ divergence, velocity }) => divergence === 0 && velocity === null));
  assert.ok(states[0]!.agreement < 1 && states[0]!.places.some(({ divergence }) => divergence > 0.1));
});

test('layers as a table; a token that is not there and a model that is not are refused in one sentence', async () => {
  const { stdout, code } = await vivarium('layers', ...PROMPT, '--at', '2', '--top', '1');
  assert.equal(code, 0);
  assert.match(stdout, /^almanac · fp32 · \d+ tokens\nAfter token 2, /);
  assert.match(stdout, /\nembeddings .*%\n/);
  assert.match(stdout, /\nlayer 6 +100\.0 % +0\.00 /);
  const outside = await vivarium('layers', ...PROMPT, '--at', '99');
  assert.equal(outside.code, 1);
  assert.match(outside.stderr, /There is no token 99: there are \d+, from 0/);
});
