import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import { DECODERS } from '../../src/core/decode/registry';
import type { SpeculationSummary } from '../../src/core/trace/record';
import { parseTrace } from '../../src/core/trace/vivtrace';
import { document, NO_FIXTURES, STORIES, vivarium } from './vivarium';

interface RunDocument {
  readonly ids: number[];
  readonly promptLength: number;
  readonly passes: number;
  readonly decoder: {
    readonly name: string;
    readonly exact: boolean;
    readonly options?: object;
    readonly draft?: object;
  };
  readonly speculation: SpeculationSummary | null;
  readonly tokens: { readonly origin: string }[];
}

interface Comparison {
  readonly draft: { readonly name: string } | null;
  readonly results: {
    readonly decoder: string;
    readonly label: string;
    readonly exact: boolean;
    readonly options: Readonly<Record<string, unknown>>;
    readonly passes: number;
    readonly generatedTokens: number;
    readonly seconds: number;
    readonly speculation: SpeculationSummary | null;
    readonly identical: boolean;
    readonly firstDifference: number | null;
    readonly ids: number[];
    readonly rounds: number;
    readonly secondsRange: { readonly min: number; readonly max: number } | null;
    readonly problem: { readonly message: string } | null;
  }[];
}

const folder = mkdtempSync(path.join(tmpdir(), 'vivarium-decoders-'));
after(() => rmSync(folder, { recursive: true, force: true }));
const optimum = path.join(STORIES, 'optimum');
const skip = { skip: NO_FIXTURES };
const PROMPT = ['--prompt', 'The sun rises in the'];

test('decoders --json lists every decoder with its needs and options', async () => {
  const listed =
    await document<{ name: string; exact: boolean; needsDraft: boolean; task: string; options: { name: string }[] }[]>(
      'decoders',
    );
  assert.deepEqual(
    listed.map(({ name, exact, needsDraft, task }) => [name, exact, needsDraft, task]),
    DECODERS.map(({ name, exact, needs, task }) => [name, exact, needs.includes('draft'), task]),
  );
  const speculative = listed.find(({ name }) => name === 'speculative')!;
  assert.deepEqual(speculative.options[0], {
    name: 'gamma',
    kind: 'integer',
    about: 'Tokens a draft, or those of the first one.',
    default: 4,
    min: 1,
    max: 64,
  });
  const { stdout } = await vivarium('decoders');
  for (const { name } of DECODERS) assert.match(stdout, new RegExp(`^${name}: (exact|lossy)`, 'm'));
});

test('the bundled model as its own draft accepts everything greedily, and says what it says alone', async () => {
  const run = (...args: string[]) =>
    document<RunDocument>('run', '--model', 'almanac', ...PROMPT, '--max-new', '40', ...args);
  const alone = await run();
  const drafted = await run('--decoder', 'speculative', '--draft', 'almanac', '--gamma', '4');
  assert.deepEqual(drafted.ids, alone.ids);
  assert.equal(alone.speculation, null);
  assert.deepEqual(drafted.decoder.options, { gamma: 4, schedule: 'constant', confidence: 0 });
  const {
    passes,
    drafted: tokens,
    accepted,
    acceptanceRate,
    meanAcceptanceLength,
    acceptedByPosition,
  } = drafted.speculation!;
  // The prompt's pass brings 1 token, 7 drafts of 4 bring 35, and of the last 4 tokens 3 are drafted.
  assert.deepEqual([passes, tokens, accepted, acceptanceRate], [8, 31, 31, 1]);
  assert.equal(drafted.passes, 9);
  assert.equal(meanAcceptanceLength, 1 + 31 / 8);
  assert.deepEqual(acceptedByPosition, [8, 8, 8, 7]);
  const origins = drafted.tokens.slice(drafted.promptLength).map(({ origin }) => origin);
  assert.deepEqual(origins.slice(0, 6), ['sampled', 'accepted', 'accepted', 'accepted', 'accepted', 'bonus']);
});

test('a draft model without --decoder means speculative sampling', async () => {
  const { decoder } = await document<RunDocument>(
    'run',
    '--model',
    'almanac',
    ...PROMPT,
    '--max-new',
    '3',
    '--draft',
    'almanac',
  );
  assert.equal(decoder.name, 'speculative');
});

test('early exit: a model drafts with its own first layers; at full depth it accepts everything', async () => {
  const run = (...args: string[]) =>
    document<RunDocument>('run', '--model', 'almanac', ...PROMPT, '--max-new', '30', ...args);
  const alone = await run();
  const early = await run('--decoder', 'early-exit', '--layer', '3', '--gamma', '4');
  assert.deepEqual(early.ids, alone.ids);
  assert.deepEqual(early.decoder, { name: 'early-exit', exact: true, options: { layer: 3, gamma: 4 } });
  assert.ok(early.speculation!.drafted > early.speculation!.accepted);
  const half = await run('--decoder', 'early-exit');
  assert.deepEqual(half.decoder.options, { layer: 3, gamma: 4 });
  const whole = await run('--decoder', 'early-exit', '--layer', '6', '--gamma', '4');
  assert.deepEqual(whole.ids, alone.ids);
  assert.equal(whole.speculation!.acceptanceRate, 1);
});

test('early exit at a layer that the model lacks is refused in one sentence', async () => {
  const { code, stderr } = await vivarium(
    ...['run', '--model', 'almanac', ...PROMPT, '--decoder', 'early-exit', '--layer', '7'],
  );
  assert.equal(code, 1);
  assert.match(stderr, /The option "layer" must be a whole number from 1 to 6, the layers of this model/);
});

test('a trace of a speculative run opens with its drafts', async () => {
  const out = path.join(folder, 'drafts.vivtrace');
  const result = await document<RunDocument>(
    ...['run', '--model', 'almanac', ...PROMPT, '--max-new', '30', '--seed', '5', '--out', out],
    ...['--decoder', 'prompt-lookup', '--max-ngram', '1', '--gamma', '3'],
  );
  const { trace, notes } = parseTrace(readFileSync(out, 'utf8'));
  assert.deepEqual(notes, []);
  const drafts = trace.passes.flatMap(({ speculation }) => (speculation ? [speculation] : []));
  assert.ok(drafts.length > 0);
  assert.equal(drafts.length, result.speculation!.passes);
  for (const { start, drafted, accepted } of drafts) {
    assert.deepEqual(
      drafted.slice(0, accepted).map(({ id, text }) => [id, text]),
      trace.tokens.slice(start, start + accepted).map(({ id, text }) => [id, text]),
    );
  }
  assert.equal(trace.header.decoder.options!['gamma'], 3);
});

test('text output says how each token came, and what the drafts brought', async () => {
  const { stdout } = await vivarium(
    ...['run', '--model', 'almanac', ...PROMPT, '--max-new', '8', '--draft', 'almanac', '--gamma', '2'],
  );
  assert.match(stdout, /^almanac · fp32 · speculative, greedy\n/);
  assert.match(stdout, /entropy {2}origin +token\n/);
  assert.match(stdout, / bits {2}accepted +/);
  assert.match(stdout, /\n4 passes: 4 of 4 drafted tokens accepted \(100\.0 %\), 3\.00 tokens a draft, α 1\.000\n/);
});

test('decoders that draft with the model’s own passes say what it says alone, greedily', async () => {
  const run = (...args: string[]) =>
    document<RunDocument>('run', '--model', 'almanac', ...PROMPT, '--max-new', '24', ...args);
  const alone = await run();
  for (const [decoder, ...args] of [
    ['jacobi', '--window', '6', '--initial', 'sample'],
    ['lookahead', '--window', '5', '--ngram', '3', '--guesses', '2', '--from-sequence', 'false'],
    ['speculative-jacobi', '--window', '500', '--refresh', 'gumbel'],
  ] as const) {
    const own = await run('--decoder', decoder, ...args);
    assert.deepEqual(own.ids, alone.ids, decoder);
    assert.equal(own.decoder.exact, true);
    assert.ok(own.speculation!.drafted > 0 && own.passes <= alone.passes);
  }
  const seeded = ['--temperature', '0.9', '--seed', '4'];
  assert.deepEqual((await run('--decoder', 'jacobi', ...seeded)).ids, (await run(...seeded)).ids);
});

test('a board is decoded in a tenth of the passes with guesses from the previous one', async () => {
  const cells = '0'.repeat(119) + '111' + '0'.repeat(134);
  const run = (...args: string[]) =>
    document<RunDocument>(
      ...['run', '--model', 'lifegpt-16', '--prompt', `@PredictNextState<${cells}> [`, '--max-new', '300', ...args],
    );
  const alone = await run();
  const drafted = await run('--decoder', 'speculative-jacobi');
  assert.deepEqual(drafted.ids, alone.ids);
  assert.ok(drafted.passes * 10 < alone.passes, `${drafted.passes} of ${alone.passes} passes`);
});

test('compare: passes, time and acceptance of each decoder, and where it differs from the first', async () => {
  const { draft, results } = await document<Comparison>(
    ...['compare', '--model', 'almanac', ...PROMPT, '--max-new', '30', '--gamma', '5'],
    ...['--decoders', 'autoregressive,speculative,prompt-lookup', '--draft', 'almanac'],
  );
  assert.equal(draft?.name, 'almanac');
  assert.deepEqual(
    results.map(({ decoder, identical, firstDifference }) => [decoder, identical, firstDifference]),
    [
      ['autoregressive', true, null],
      ['speculative', true, null],
      ['prompt-lookup', true, null],
    ],
  );
  const [plain, speculative] = results as [Comparison['results'][0], Comparison['results'][0]];
  assert.equal(plain.passes, 30);
  assert.equal(plain.speculation, null);
  assert.equal(speculative.passes, 6);
  assert.equal(speculative.speculation!.acceptanceRate, 1);
  assert.ok(results.every(({ seconds, generatedTokens }) => seconds > 0 && generatedTokens === 30));
});

test('compare: draws of one seed part where a decoder draws more than tokens', async () => {
  const { results } = await document<Comparison>(
    ...['compare', '--model', 'almanac', ...PROMPT, '--max-new', '30', '--seed', '3'],
    ...['--decoders', 'autoregressive,speculative', '--draft', 'almanac'],
  );
  const [plain, speculative] = results as [Comparison['results'][0], Comparison['results'][0]];
  assert.equal(speculative.identical, false);
  const at = speculative.firstDifference!;
  assert.deepEqual(speculative.ids.slice(0, at), plain.ids.slice(0, at));
  assert.notEqual(speculative.ids[at], plain.ids[at]);
});

test('compare shows a table', async () => {
  const { stdout, stderr, code } = await vivarium(
    ...['compare', '--model', 'almanac', ...PROMPT, '--max-new', '6', '--decoders', 'autoregressive,prompt-lookup'],
  );
  assert.deepEqual([code, stderr], [0, '']);
  assert.match(
    stdout,
    /^almanac · fp32 · greedy\n\ndecoder +passes +tokens +seconds +speed +accepted +length +output\n/,
  );
  assert.match(stdout, /\nautoregressive +exact +6 +6 +\d+\.\d{3} +1\.00x +– +– +the first\n/);
  assert.match(stdout, /\nprompt-lookup +exact .* identical\n$/);
});

test('compare: of several rounds the median, with the range; a decoder that cannot run says why and the others go on', async () => {
  const { rounds, results } = await document<Comparison & { rounds: number }>(
    ...['compare', '--model', 'almanac', ...PROMPT, '--max-new', '6', '--rounds', '3'],
    ...['--decoders', 'autoregressive,copy-previous,prompt-lookup'],
  );
  const [plain, refused, lookup] = results;
  assert.equal(rounds, 3);
  assert.equal(plain!.rounds, 3);
  const { min, max } = plain!.secondsRange!;
  assert.ok(min > 0 && min <= plain!.seconds && plain!.seconds <= max);
  assert.match(refused!.problem!.message, /"copy-previous" is for models of the Game of Life/);
  assert.deepEqual([refused!.seconds, refused!.identical, refused!.rounds], [null, null, 0]);
  assert.deepEqual([lookup!.problem, lookup!.identical], [null, true]);
});

test('compare: one decoder several times, each with options of its own before those given for all', async () => {
  const { results } = await document<Comparison>(
    ...['compare', '--model', 'almanac', ...PROMPT, '--max-new', '30', '--gamma', '5', '--draft', 'almanac'],
    '--decoders',
    'autoregressive,speculative,speculative:gamma=2,speculative:gamma=9:schedule=heuristic,prompt-lookup',
  );
  assert.deepEqual(
    results.map(({ label, options, identical }) => [label, options.gamma, options.schedule, identical]),
    [
      ['autoregressive', undefined, undefined, true],
      ['speculative (gamma 5, schedule constant)', 5, 'constant', true],
      ['speculative (gamma 2, schedule constant)', 2, 'constant', true],
      ['speculative (gamma 9, schedule heuristic)', 9, 'heuristic', true],
      ['prompt-lookup', 5, undefined, true],
    ],
  );
  // The model drafts for itself, so every draft is accepted: gamma + 1 tokens a pass after the first.
  assert.deepEqual(
    results.slice(0, 3).map(({ passes }) => passes),
    [30, 6, 11],
  );
});

test('compare: what is wrong with an entry names the decoder and the option', async () => {
  const refused: [string, RegExp][] = [
    ['typical,typical', /The decoder typical is named twice with the same options/],
    ['autoregressive,autoregressive', /The decoder autoregressive is named twice\./],
    ['jacobi,jacobi:window=0', /The decoder jacobi is named twice with the same options/],
    ['typical:gama=3', /The decoder typical has no option "gama": it has .*gamma/],
    ['autoregressive:gamma=3', /The decoder autoregressive has no option "gamma": it has none/],
    ['prompt-lookup:gamma', /The option gamma of prompt-lookup needs a value: gamma=\d+/],
    [
      'prompt-lookup:gamma=0',
      /In prompt-lookup:gamma=0: The option "gamma" must be a whole number from 1 to 512, not 0/,
    ],
    ['prompt-lookup:gamma=2:gamma=3', /The option gamma of prompt-lookup:gamma=2:gamma=3 is given twice/],
    [':gamma=3', /There is no decoder named ""/],
  ];
  for (const [entries, pattern] of refused) {
    const { code, stdout, stderr } = await vivarium(
      ...['compare', '--model', 'almanac', '--prompt', 'The', '--decoders', entries],
      ...(entries.startsWith('typical') ? ['--draft', 'almanac'] : []),
    );
    assert.deepEqual([code, stdout], [1, ''], entries);
    assert.match(stderr, pattern);
  }
});

test('compare --csv: a row a decoder', async () => {
  const { stdout } = await vivarium(
    ...['compare', '--model', 'almanac', ...PROMPT, '--max-new', '6', '--decoders', 'autoregressive,prompt-lookup'],
    '--csv',
  );
  const [head, plain, lookup, end] = stdout.split('\r\n');
  assert.match(head!, /^decoder,label,exact,options,draft,passes,generated_tokens,/);
  assert.match(plain!, /^autoregressive,autoregressive,true,,,6,6,1,/);
  assert.match(lookup!, /^prompt-lookup,prompt-lookup,true,gamma=/);
  assert.equal(end, '');
});

test('compare: where no decoder can run, the command fails with the first sentence', async () => {
  const { code, stdout, stderr } = await vivarium(
    ...['compare', '--model', 'almanac', ...PROMPT, '--json', '--decoders', 'exact-rule,copy-previous'],
  );
  assert.deepEqual([code, stdout], [1, '']);
  assert.match(stderr, /^The decoder "exact-rule" is for models of the Game of Life/);
});

test('what cannot be decoded is refused in one sentence, without a document', skip, async () => {
  const refused: [string[], RegExp][] = [
    [['--decoder', 'magic'], /There is no decoder named "magic": there are autoregressive, speculative/],
    [['--decoder', 'speculative'], /The decoder speculative needs a draft model: give --draft/],
    [['--draft', 'almanac', '--decoder', 'prompt-lookup'], /--draft is for decoders that need a draft model/],
    [['--gamma', '4'], /--gamma is an option of .*speculative.*, not of autoregressive/],
    [['--draft', 'almanac', '--gamma', '0'], /"gamma" must be a whole number from 1 to 64, not 0/],
    [['--draft', 'almanac', '--schedule', 'fast'], /"schedule" must be one of constant, heuristic/],
    [['--draft', path.join(folder, 'none')], /There is no model folder/],
    [['--draft', optimum], /draft model optimum knows 512 tokens, and almanac knows \d+/],
    [['--decoder', 'lookahead', '--ngram', '1'], /"ngram" must be a whole number from 2 to 64, not 1/],
    [['--decoder', 'jacobi', '--initial', 'previous-grid'], /previous grid need a prompt that asks a Life model/],
    [['--decoder', 'copy-previous'], /"copy-previous" is for models of the Game of Life/],
  ];
  for (const [args, pattern] of refused) {
    const { code, stdout, stderr } = await vivarium('run', '--model', 'almanac', '--prompt', 'The', '--json', ...args);
    assert.deepEqual([code, stdout], [1, ''], args.join(' '));
    assert.match(stderr, pattern);
  }
});
