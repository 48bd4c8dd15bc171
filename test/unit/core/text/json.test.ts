import assert from 'node:assert/strict';
import test from 'node:test';
import { jsonText } from '../../../../src/core/text/json';

test('JSON for people: indented, lists of numbers on one line, and the same document', () => {
  const document = { ids: [1, -2, 3.5e-7], empty: [], texts: ['[\n1,\n2\n]', '4, 5'], nested: [[1, 2], [{ a: [3] }]] };
  const text = jsonText(document);
  assert.deepEqual(JSON.parse(text), document);
  assert.match(text, /^ {2}"ids": \[1, -2, 3\.5e-7\],$/m);
  assert.match(text, /^ {8}"a": \[3\]$/m);
});
