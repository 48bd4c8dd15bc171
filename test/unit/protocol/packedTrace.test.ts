import assert from 'node:assert/strict';
import test from 'node:test';
import { deserialize, serialize } from 'node:v8';
import { DECODERS, findDecoder } from '../../../src/core/decode/registry';
import type { TraceEvent, TraceToken } from '../../../src/core/trace/record';
import { packedMessage, unpackedMessage } from '../../../src/protocol/packedTrace';
import type { RpcMessage } from '../../../src/protocol/rpc';
import { PLAIN } from '../../harness/decoding';
import { TableRuntime, entry } from '../core/compare/runtime';

/** Through the channel between two processes, as it comes out at the other end. */
function sent(message: RpcMessage): RpcMessage {
  return unpackedMessage(deserialize(serialize(packedMessage(message))) as RpcMessage);
}

const messageOf = (events: readonly TraceEvent[]): RpcMessage => ({
  ...{ rpc: 'event', id: 7 },
  event: { type: 'trace', events },
});

async function eventsOf(decoder: string): Promise<TraceEvent[]> {
  const events: TraceEvent[] = [];
  const runtime = new TableRuntime(undefined, { ...PLAIN, seed: 3 });
  await runtime.run(entry(decoder), { maxNewTokens: 30, round: 1 }, (more) => events.push(...more));
  return events;
}

for (const { name, task, needs } of DECODERS) {
  if (task === 'life' || needs.some((need) => need !== 'draft')) continue;
  test(`the events of a run of ${name} come out as they went in, and in their order`, async () => {
    const events = await eventsOf(name);
    assert.ok(events.length > 30);
    assert.equal(
      findDecoder(name)!.drafts,
      events.some((event) => event.type === 'pass' && event.speculation),
    );
    assert.deepEqual(sent(messageOf(events)), messageOf(events));
  });
}

const TOKEN: TraceToken = {
  ...{ type: 'token', index: 4_294_967_295, id: 7, text: 'é\uFFFD', bytes: [195, 169], special: true },
  ...{ origin: 'handed-over' },
  judgement: {
    ...{ probability: 5e-324, rank: 49_152, surprisal: 1e300, entropy: 0.1 },
    top: [
      { id: 4_294_967_295, text: '', probability: 1 },
      { id: 0, text: '0', probability: Number.MIN_VALUE },
    ],
  },
};

test('extreme numbers, no alternatives, one text for two ids, tokens alone and events between', () => {
  const { judgement } = TOKEN;
  const events: TraceEvent[] = [
    ...[TOKEN, { ...TOKEN, judgement: { ...judgement!, top: [] } }, { ...TOKEN, judgement: null }],
    { type: 'pass', step: 0, cached: 0, fed: 1, writes: 1, milliseconds: 1.5 },
    { ...TOKEN, id: 8, bytes: [], special: false },
    // Of a server that tells a part: it has fields of its own.
    { ...TOKEN, judgement: { ...judgement!, partial: { outside: 0.2, entropyAtMost: null, rankKnown: false } } },
    { ...TOKEN, id: 9 },
  ];
  assert.deepEqual(sent(messageOf(events)), messageOf(events));
  assert.deepEqual(sent(messageOf([])), messageOf([]));
});

test('what is no trace passes as it is', () => {
  const messages: RpcMessage[] = [
    { rpc: 'event', id: 1, event: null },
    { rpc: 'event', id: 1, event: { type: 'loading', message: 'trace' } },
    { rpc: 'reply', id: 1, ok: true, result: { type: 'trace', events: [] } },
  ];
  for (const message of messages) {
    assert.equal(packedMessage(message), message);
    assert.equal(unpackedMessage(message), message);
  }
});

test('packed, a hundred tokens with twenty alternatives each are half of what they are as they stand, or less', () => {
  const tokens = Array.from({ length: 100 }, (_, index): TraceToken => {
    const top = Array.from({ length: 20 }, (__, id) => ({ id, text: `word ${id}`, probability: 1 / (id + 1) }));
    return { ...TOKEN, index, judgement: { ...TOKEN.judgement!, top } };
  });
  const message = messageOf(tokens);
  assert.ok(serialize(packedMessage(message)).length < serialize(message).length / 2);
});
