import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { MOST_QUOTED, quoted } from '../../../../src/core/text/quoted';

describe('text of others in a sentence', () => {
  it('stands as it is where it is short', () => {
    assert.equal(quoted('past_key_values.0.key'), 'past_key_values.0.key');
    assert.equal(quoted(''), '');
    assert.equal(quoted('x'.repeat(MOST_QUOTED)), 'x'.repeat(MOST_QUOTED));
  });

  it('is one line of at most two hundred characters', () => {
    assert.equal(quoted(' a\r\n\tb  c\n'), 'a b c');
    assert.equal(quoted('x'.repeat(MOST_QUOTED + 1)), `${'x'.repeat(MOST_QUOTED)}…`);
    assert.equal(quoted(`${'ab '.repeat(20)}`, 6), 'ab ab…');
    assert.equal(quoted(' '.repeat(1e7)), '…');
    assert.equal(quoted(`begins${' '.repeat(1e7)}`), 'begins…');
  });

  it('breaks no character in two', () => {
    const text = quoted('🐛'.repeat(300));
    assert.equal(text, `${'🐛'.repeat(MOST_QUOTED)}…`);
  });

  it('is shortened nowhere else before it is told', () => {
    const root = join(import.meta.dirname, '../../../../src');
    const own = readdirSync(root, { recursive: true, encoding: 'utf8' })
      .filter((file) => /^(engine|client|core|protocol|cli)[/\\].*\.ts$/.test(file) && !/quoted\.ts$/.test(file))
      .filter((file) => /\.slice\(0, \w+\)[^;\n]*…/.test(readFileSync(join(root, file), 'utf8')));
    assert.deepEqual(own, []);
  });
});
