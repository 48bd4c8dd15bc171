import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { parseCell, readCell } from '../../../../src/core/notebook/cell';
import { HEADER_KEYS } from '../../../../src/core/notebook/keys';

const DEFAULTS = { sampling: { temperature: 0.7, topK: 0, topP: 1, minP: 0, seed: 1 }, maxNewTokens: 40 };
const read = (text: string) => {
  const cell = parseCell(text, 'prompt');
  const { settings, problems } = readCell(cell, 'prompt', DEFAULTS);
  return { ...cell, settings, problems: [...cell.problems, ...problems] };
};

describe('a prompt cell', () => {
  it('is a header up to the first blank line, and then the prompt as it stands', () => {
    const { settings, body, problems } = read(
      'model: almanac\nTemperature : 0\nmax-new: 5\n\n  Once\n\nupon: a time\n',
    );
    assert.deepEqual(problems, []);
    assert.equal(body, '  Once\n\nupon: a time\n');
    assert.equal(settings.model, 'almanac');
    assert.equal(settings.sampling.temperature, 0);
    assert.equal(settings.maxNewTokens, 5);
    assert.deepEqual(settings.sampling, { ...DEFAULTS.sampling, temperature: 0 });
  });

  it('keeps the line ends of the prompt', () => {
    assert.equal(read('seed: 3\r\n\r\nOne\r\ntwo').body, 'One\r\ntwo');
    assert.equal(read('seed: 3').body, '');
  });

  it('without a known key at its beginning is all prompt', () => {
    for (const text of ['Once: upon a time', 'Dear reader,\nmodel: almanac\n\nx', '\nmodel: almanac', '']) {
      assert.equal(read(text).body, text);
      assert.deepEqual(read(text).problems, []);
    }
  });

  it('that begins with what is nearly a key is all prompt, and is doubted', () => {
    const { body, problems, doubts } = read('temprature: 1\n\nx');
    assert.deepEqual([body, problems], ['temprature: 1\n\nx', []]);
    assert.match(doubts[0]?.message ?? '', /part of the text.*Did you mean "temperature"\?/);
    assert.deepEqual(read('Question: what is a seed?\n\nx').doubts, []);
  });

  it('has a decoder with its options, and says where an option is another’s', () => {
    const { settings, problems } = read('decoder: speculative\ngamma: 6\nmax-ngram: 2\n\nx');
    assert.deepEqual(settings.decoderOptions, { gamma: 6 });
    assert.equal(problems.length, 1);
    assert.match(problems[0]?.message ?? '', /"max-ngram" is an option of prompt-lookup.*, not of speculative/);
    assert.deepEqual([problems[0]?.line, problems[0]?.start, problems[0]?.end], [2, 0, 9]);
  });

  it('says what is wrong in which line and columns', () => {
    const cases: [string, number, RegExp, string][] = [
      ['seed: 1\ntemprature: 3\n\nx', 1, /no header key "temprature"\. Did you mean "temperature"\?/, 'temprature'],
      ['temprature: 3\nseed: 1\n\nx', 0, /no header key "temprature"\. Did you mean "temperature"\?/, 'temprature'],
      ['seed: 1\nnonsense\n\nx', 1, /"key: value"/, 'nonsense'],
      ['seed: 1\n seed: 2\n\nx', 1, /twice/, 'seed'],
      ['temperature: hot\n\nx', 0, /a number from 0 to 100, not NaN/, 'hot'],
      ['decoder: magic\n\nx', 0, /one of autoregressive/, 'magic'],
      ['show: tokens, pictures\n\nx', 0, /"show" takes tokens/, 'tokens, pictures'],
      ['model:\n\nx', 0, /needs a name/, 'model'],
      ['steps: 3\nseed: 1\n\nx', 0, /no header key "steps"\.$/, 'steps'],
    ];
    for (const [text, line, message, marked] of cases) {
      const [problem, ...rest] = read(text).problems;
      assert.deepEqual(rest, []);
      assert.ok(problem, text);
      assert.equal(problem.line, line);
      assert.match(problem.message, message);
      assert.equal(text.split('\n')[line]?.slice(problem.start, problem.end), marked);
    }
  });

  it('never throws, whatever stands in it', () => {
    const words = fc.oneof(
      fc.string(),
      fc.constantFrom(...HEADER_KEYS.map(({ name }) => name), ': ', '\n', '\r\n', '1', '-'),
    );
    fc.assert(
      fc.property(fc.array(words), (parts) => {
        const text = parts.join('');
        const { body, problems } = read(text);
        assert.ok(text.endsWith(body));
        for (const { line, start, end } of problems) {
          assert.ok(start <= end && end <= (text.split(/\r?\n/)[line]?.length ?? -1));
        }
      }),
    );
  });
});
