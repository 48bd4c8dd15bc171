import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Problem } from '../../../../src/protocol/errors';
import {
  anything,
  array,
  boolean,
  integer,
  nullable,
  number,
  object,
  oneOf,
  optional,
  passing,
  readOrNull,
  record,
  string,
  union,
} from '../../../../src/core/check/check';
import { check } from '../../../../src/protocol/checked';

const sampling = object({
  temperature: number({ min: 0 }),
  topK: integer({ min: 0, max: 100 }),
  seed: optional(integer()),
});
const request = object({
  model: object({ folder: string({ min: 1, max: 10 }) }),
  prompt: union(object({ text: string({ max: 5 }) }), object({ ids: array(integer({ min: 0 }), { max: 3 }) })),
  sampling,
  layers: union(oneOf('all'), array(integer({ min: 0 }), { max: 4 })),
  head: nullable(integer({ min: 0 })),
});

const good = {
  model: { folder: 'a' },
  prompt: { text: 'hi' },
  sampling: { temperature: 0.5, topK: 3 },
  layers: 'all',
  head: null,
};

function refused(value: unknown, message: RegExp): void {
  assert.throws(
    () => check(request, value),
    (error) => error instanceof Problem && error.code === 'bad-request' && message.test(error.message),
  );
}

test('what passes comes back equal, without the fields that the shape does not name', () => {
  assert.deepEqual(check(request, { ...good, extra: 1 }), good);
  const ids = { ...good, prompt: { ids: [1, 2] }, layers: [0, 2], head: 4, sampling: { ...good.sampling, seed: 1 } };
  assert.deepEqual(check(request, ids), ids);
});

test('a message names the field and what it must be', () => {
  refused(
    { ...good, sampling: { ...good.sampling, topK: 101 } },
    /^"sampling\.topK" must be an integer from 0 to 100\.$/,
  );
  refused(
    { ...good, sampling: { temperature: -1, topK: 1 } },
    /^"sampling\.temperature" must be a number of at least 0\.$/,
  );
  refused({ ...good, model: { folder: '' } }, /^"model\.folder" must be a text of 1 to 10 characters\.$/);
  refused({ ...good, model: undefined }, /^"model" must be an object\.$/);
  refused({ ...good, layers: [0, -1] }, /^"layers\[1\]" must be an integer of at least 0\.$/);
  refused({ ...good, layers: 'some' }, /^"layers" must be one of "all", or a list of at most 4 items\.$/);
  refused({ ...good, head: 'x' }, /^"head" must be an integer of at least 0, or null\.$/);
  refused({ ...good, prompt: { ids: [1, 'x'] } }, /^"prompt\.ids\[1\]" must be an integer/);
  refused({ ...good, prompt: { ids: 1 } }, /^"prompt\.ids" must be a list/);
  refused({ ...good, prompt: { text: 1 } }, /^"prompt\.text" must be a text/);
  refused(null, /^The request must be an object\.$/);
});

test('numbers are finite and integers are whole', () => {
  for (const value of [NaN, Infinity, -Infinity, '1', null, undefined, 1n]) {
    assert.throws(() => check(number(), value), Problem, String(value));
  }
  for (const value of [1.5, 2 ** 53, '1']) assert.throws(() => check(integer(), value), Problem, String(value));
});

test('an optional field may be absent or undefined, and is then absent', () => {
  assert.deepEqual(Object.keys(check(sampling, { temperature: 0, topK: 0, seed: undefined })), ['temperature', 'topK']);
  assert.throws(() => check(sampling, { temperature: 0, topK: 0, seed: null }), Problem);
});

test('inherited fields are not read and no prototype is taken over', () => {
  const inherited = Object.create({ temperature: 1, topK: 1 }) as unknown;
  assert.throws(() => check(sampling, inherited), Problem);
  const polluted = JSON.parse('{"temperature":1,"topK":1,"__proto__":{"seed":7}}') as unknown;
  assert.equal(check(sampling, polluted).seed, undefined);
  const map = check(record(anything(), { max: 5 }), JSON.parse('{"__proto__":{"x":1},"a":1}'));
  assert.equal((map as { x?: unknown }).x, undefined);
  assert.equal(map['a'], 1);
});

test('lists, texts and maps have a largest size', () => {
  assert.throws(() => check(array(boolean(), { max: 1 }), [true, false]), /at most 1 items/);
  assert.throws(() => check(string({ max: 2 }), 'abc'), /at most 2 characters/);
  assert.throws(() => check(record(boolean(), { max: 1 }), { a: true, b: true }), /at most 1 entries/);
  assert.throws(() => check(record(boolean(), { max: 1 }), { a: 1 }), /"a" must be true or false/);
});

test('a sparse list has no holes that pass', () => {
  assert.throws(() => check(array(integer(), { max: 5 }), new Array(3)), Problem);
});

test('of a list the items that pass are kept, where none is worth a refusal', () => {
  const numbers = passing(integer({ min: 0 }), { max: 4 });
  assert.deepEqual(readOrNull(numbers, [1, 'x', -1, 2]), [1, 2]);
  assert.deepEqual(readOrNull(numbers, []), []);
  assert.equal(readOrNull(numbers, [1, 2, 3, 4, 5]), null);
  assert.equal(readOrNull(numbers, { 0: 1 }), null);
});

test('a check of anything either passes or is a bad request', () => {
  fc.assert(
    fc.property(fc.anything(), (value) => {
      try {
        check(request, value);
      } catch (error) {
        assert.ok(error instanceof Problem);
        assert.equal(error.code, 'bad-request');
      }
    }),
  );
});

test('every value of the shape passes', () => {
  const shape = fc.record({
    model: fc.record({ folder: fc.string({ minLength: 1, maxLength: 10, unit: 'binary-ascii' }) }),
    prompt: fc.oneof(
      fc.record({ text: fc.string({ maxLength: 5, unit: 'binary-ascii' }) }),
      fc.record({ ids: fc.array(fc.nat(), { maxLength: 3 }) }),
    ),
    sampling: fc.record({ temperature: fc.double({ min: 0, max: 5, noNaN: true }), topK: fc.nat({ max: 100 }) }),
    layers: fc.oneof(fc.constant('all'), fc.array(fc.nat(), { maxLength: 4 })),
    head: fc.option(fc.nat()),
  });
  fc.assert(fc.property(shape, (value) => assert.deepEqual(check(request, value), JSON.parse(JSON.stringify(value)))));
});
