import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { parseArgs } from 'node:util';
import { measureAttention } from './attention';
import { measureDecoders } from './decoders';
import { measureDecoding, type BenchModel, type DecodeResult } from './decode';
import { root } from './engine';
import { measureExits } from './exits';
import { measureLarge, type LargeResult } from './large';
import { measureLife } from './life';
import { measureLifeEditor } from './life-editor';
import { measurePrediction } from './life-prediction';
import { measureProbes, type ProbeResult } from './probes';
import { measureStreaming } from './streaming';
import { measureThumbnails } from './thumbnails';
import { measureTyping, type Stretch, TYPING_VARIANTS, type TypingVariant } from './typing';

const { values } = parseArgs({
  options: {
    smollm2: { type: 'string' },
    only: { type: 'string' },
    rounds: { type: 'string', default: '7' },
    write: { type: 'boolean', default: true },
  },
  allowNegative: true,
});
const chosen = values.only?.split(',');
const wanted = (section: string): boolean => !chosen || chosen.includes(section);
const rounds = Number(values.rounds);
const smollm2 = values.smollm2 ? path.resolve(values.smollm2) : undefined;

const seconds = (value: number): string => (value < 1 ? `${(value * 1000).toFixed(0)} ms` : `${value.toFixed(2)} s`);
const milliseconds = (value: number): string => `${(value * 1000).toFixed(2)} ms`;
const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(bytes < 1e8 ? 1 : 0)} MB`;
const ratio = (value: number): string => value.toFixed(2);

const lines: string[] = [];
const say = (...text: string[]): void => {
  lines.push(...text);
  for (const line of text) console.log(line);
};

say(
  '# Bench',
  '',
  'Made by `npm run bench -- --smollm2 FOLDER`; SmolLM2-135M-Instruct as Hugging Face ONNX (fp32, int8) is not part of the',
  'project, without it its rows are left out. Ratios compare what ran in turns in one run on one machine; single times are',
  'of that machine only.',
  '',
  `${new Date().toISOString().slice(0, 10)} · ${os.cpus()[0]?.model.trim() ?? 'unknown processor'}, ${os.cpus().length} cores · ` +
    `${megabytes(os.totalmem())} of memory · Node ${process.versions.node} · ${os.platform()} ${os.arch()}`,
);

if (wanted('decode')) {
  const models = benchModels();
  const results: DecodeResult[] = [];
  for (const model of models) {
    console.log(`\n… decoding, ${model.label}`);
    results.push(await measureDecoding(model, model.label.includes('SmolLM2') ? Math.min(3, rounds) : rounds));
  }
  say(
    '',
    '## Decoding',
    '',
    `Whole calls, 32 prompt tokens and the generated ones, greedy; medians of ${rounds} rounds (SmolLM2: 3).`,
  );
  say(
    '',
    '| model | tokens | trace | bare loop | transformers.js | bare / trace (goal ≥ 0.9) | transformers.js / trace (goal ≥ 1.0) |',
  );
  say('|---|--:|--:|--:|--:|--:|--:|');
  for (const { model, seconds: s } of results) {
    say(
      `| ${model.label} | ${model.newTokens} | ${seconds(s.trace)} | ${seconds(s.bare)} | ${seconds(s.transformers)} | ${ratio(s.bare / s.trace)} | ${ratio(s.transformers / s.trace)} |`,
    );
  }
  say(
    '',
    '`trace`: the engine in its own process, trace streamed to the caller, as the Explorer runs it but without tensors.',
  );
  say('', '| model | attention of layer 0 / none (goal ≤ 1.15) | every layer and all logits / none |', '|---|--:|--:|');
  for (const { model, seconds: s } of results) {
    say(`| ${model.label} | ${ratio(s.oneLayer / s.trace)} | ${ratio(s.everything / s.trace)} |`);
  }
}

if (wanted('decoders')) {
  console.log('\n… decoders');
  const percent = (value: number): string => `${(value * 100).toFixed(1)} %`;
  say(
    '',
    '## Decoders',
    '',
    `Greedy, the bundled models in fp32, the decoders in turns on each prompt; rounds: ${Math.min(3, rounds)}. Passes: all prompts together.`,
    'Goals: Speculative Jacobi on Life in a tenth of the passes and a quarter of the time; the trace below 5 %.',
  );
  for (const { model, prompts, rows } of await measureDecoders(Math.min(3, rounds))) {
    say(
      '',
      `| ${model}, ${prompts} prompts | passes | tokens a pass | fewer passes | faster | identical | cost of the trace | µs a token | µs a pass |`,
      '|---|--:|--:|--:|--:|--:|--:|--:|--:|',
    );
    for (const row of rows) {
      say(
        `| ${row.label} | ${row.passes.toFixed(0)} | ${ratio(row.tokens / row.passes)} | ${ratio(row.fewerPasses)} × | ${ratio(row.speedUp)} × | ${row.identical} of ${prompts} | ${percent(row.traceCost)} | ${row.traceOfToken.toFixed(1)} | ${row.traceOfPass.toFixed(0)} |`,
      );
    }
  }
  say(
    '',
    '`faster`: wall time of autoregressive decoding over the decoder’s on the same prompt, median; prompts included. Cost of the',
    'trace: what the engine’s process does for it, over the rest of the run: judging each token (log-sum-exp, entropy, rank and the 20',
    'most probable of the whole vocabulary), making the events, packing and serialising them for the channel. In microseconds: of each',
    'token, those of the prompt included, and of each pass. JSON is written by the extension’s process, and is not in it.',
  );
}

if (wanted('thumbnails')) {
  console.log('\n… thumbnails');
  const result = await measureThumbnails();
  say(
    '',
    '## Thumbnails',
    '',
    '12 × 12 heads at 512 tokens, from weights in memory to pixels on screen (goal < 1 s), in Chromium:',
    '',
  );
  for (const [what, milliseconds] of Object.entries(result)) say(`- ${what}: ${milliseconds.toFixed(0)} ms`);
}

if (wanted('probes')) {
  say(
    '',
    '## Probing',
    '',
    'All attention, hidden states and logits added to a file; its weights stay where they are.',
    '',
  );
  say(
    '| file | size | bytes added | bytes replaced or left in the file | read to plan | planned in | copied | probes |',
  );
  say('|---|--:|--:|--:|--:|--:|--:|--:|');
  for (const { label, folder, file } of benchModels()) say(probeRow(`${label}`, measureProbes(folder, file)));
}

if (wanted('exits')) {
  for (const { label, folder } of [{ label: 'almanac', folder: path.join(root, 'models', 'almanac') }]) {
    console.log(`\n… early exit, ${label}`);
    const { wholeSeconds, wholeFiveSeconds, exits } = await measureExits(folder, rounds * 3);
    say(
      '',
      `## Early exit: ${label} cut at each of its layers`,
      '',
      `Medians over one token after 64 (the whole model: ${milliseconds(wholeSeconds)}, over five tokens ` +
        `${milliseconds(wholeFiveSeconds)}); acceptance of greedy drafts of 4. Both parts together cost what the whole does,`,
      'and one more final norm and head.',
      '',
      '| layers that draft | draft, with final norm and head | layers above | drafted tokens accepted |',
      '|--:|--:|--:|--:|',
    );
    for (const { layer, draftSeconds, upperSeconds, acceptanceRate } of exits) {
      const share = `${(100 * acceptanceRate).toFixed(1)} %`;
      say(`| ${layer} | ${milliseconds(draftSeconds)} | ${milliseconds(upperSeconds)} | ${share} |`);
    }
  }
}

if (wanted('life')) {
  console.log('\n… Life');
  const { results, perCell } = measureLife();
  say(
    '',
    '## Game of Life',
    '',
    'Exact steps per second, one after the other without drawing (goal: 1,024 × 1,024 at 30 steps a second).',
    '',
    '| | live cells at the end | steps per second | / goal of 30 |',
    '|---|--:|--:|--:|',
  );
  for (const { label, stepsPerSecond, population } of results) {
    say(
      `| ${label} | ${population.toLocaleString('en')} | ${stepsPerSecond.toFixed(0)} | ${ratio(stepsPerSecond / 30)} |`,
    );
  }
  const [torus] = results;
  if (torus) {
    say(
      '',
      `Counting the neighbours of each cell one by one makes ${perCell.toFixed(1)} steps per second of the first row: words are ${(torus.stepsPerSecond / perCell).toFixed(0)} times as fast.`,
    );
  }
}

if (wanted('streaming')) {
  console.log('\n… a long run that streams into the Explorer');
  const rows = [];
  for (const tab of ['tokens', 'speculation'] as const) rows.push([tab, await measureStreaming(tab)] as const);
  say(
    '',
    '## A run of 10,000 tokens from a server, streamed into the Explorer',
    '',
    'The page in Chromium without a graphics card; 1,000 tokens a second, each with 20 alternatives, in 20 messages (goal: 60 frames a second).',
    '',
    '| tab on show | frames a second | / the same page at rest | … over the last tenth | from frame to frame, median |',
    '|---|--:|--:|--:|--:|',
    ...rows.map(
      ([tab, { idle, streaming, atTheEnd, medianFrame }]) =>
        `| ${tab} | ${streaming.toFixed(1)} | ${ratio(streaming / idle)} | ${ratio(atTheEnd / idle)} | ${medianFrame.toFixed(1)} ms |`,
    ),
  );
}

if (wanted('attention')) {
  console.log('\n… attention over 2,071 tokens');
  const { scrollBar, ...moves } = await measureAttention();
  const names = {
    hover: 'the pointer over the map',
    pan: 'the window dragged over the overview',
    query: 'the query moved by keys',
  };
  say(
    '',
    '## Attention over 2,071 tokens',
    '',
    'The Explorer’s own page on its Attention tab in Chromium without a graphics card, scroll bars of ' +
      `${scrollBar} px on show; 12 layers of 8 heads. Milliseconds of the page’s thread from the event to the painted frame`,
    '(goal: < 16 ms), 150 moves after 150 to warm up.',
    '',
    '| | median | 95 of 100 | slowest |',
    '|---|--:|--:|--:|',
    ...(Object.keys(names) as (keyof typeof names)[]).map((name) => {
      const { median: middle, ninetyFifth, slowest } = moves[name];
      return `| ${names[name]} | ${middle.toFixed(1)} ms | ${ninetyFifth.toFixed(1)} ms | ${slowest.toFixed(1)} ms |`;
    }),
  );
}

if (wanted('life-prediction')) {
  console.log('\n… a Life prediction');
  say(
    '',
    '## A Life prediction with attention',
    '',
    'lifegpt-16 on a random board of 16 × 16, greedy, milliseconds from the press of Run (goal: < 300 ms to the pixels of one layer): until the',
    'page knows the end of the run, until it has the attention of the chosen cell and of every cell (every layer and head is kept and read,',
    'or one layer, as the goal says), and until its last drawing. The Explorer’s own page on its Attention tab, in Chromium without a',
    'graphics card, over the real protocol; the engine in its own process, the model loaded. Not in it: the extension between page and',
    'engine, one hop more for a message.',
    '',
    `| decoder, medians of ${rounds} | predicted | attention of the cell | of every cell | last pixel | slowest |`,
    '|---|--:|--:|--:|--:|--:|',
  );
  for (const { label, worst, ...of } of await measurePrediction(rounds)) {
    const times = [of.predicted, of.ofCell, of.ofBoard, of.drawn, worst].map((time) => `${time.toFixed(0)} ms`);
    say(`| ${label} | ${times.join(' | ')} |`);
  }
}

if (wanted('life-editor')) {
  console.log('\n… the Life editor');
  const { idle, drawing, medianFrame, played } = await measureLifeEditor();
  say(
    '',
    '## The Life editor',
    '',
    'Its own page in Chromium without a graphics card: a line drawn at 256 × 256 (goal: 60 frames a second), and 1,024 × 1,024 played at 30.',
    '',
    '| | frames a second | / the same page at rest | from frame to frame, median |',
    '|---|--:|--:|--:|',
    `| drawing at 256 × 256 | ${drawing.toFixed(1)} | ${ratio(drawing / idle)} | ${medianFrame.toFixed(1)} ms |`,
    '',
    `1,024 × 1,024 shows ${played.toFixed(1)} of the 30 generations a second that it is asked for.`,
  );
}

if (wanted('typing')) {
  say(
    '',
    '## Typing beside the views that follow the cursor',
    '',
    '200 keys, 25 a second, at the end of a text of some 2,000 tokens, in the window of a real VS Code; the extension host is',
    'profiled meanwhile (samples of 0.25 ms; one that comes later counts 1 ms at most: the process was not run). Goals: no',
    'stretch of ours over 16 ms, the last result within 500 ms. The delay of the loop is by the clock, whatever the reason.',
    '',
    '| | longest stretch of our code | our code in all | last key to its distribution drawn | longest stretch of VS Code’s own code | longest garbage collection | longest delay of the loop |',
    '|---|--:|--:|--:|--:|--:|--:|',
  );
  for (const variant of Object.keys(TYPING_VARIANTS) as TypingVariant[]) {
    const t = await measureTyping(variant);
    say(
      `| ${variant} | ${stretch(t.longestOurs)} | ${t.ours.toFixed(0)} ms | ${t.result === null ? '–' : `${t.result} ms`} | ${stretch(t.longestOthers)} | ${t.longestCollection.toFixed(1)} ms | ${t.longestDelay.toFixed(1)} ms |`,
    );
  }
}

if (wanted('large') && smollm2) {
  const results: LargeResult[] = [];
  for (const file of ['onnx/model.onnx', 'onnx/model_quantized.onnx']) {
    console.log(`\n… SmolLM2, ${file}`);
    results.push(await measureLarge(smollm2, file, 1000));
  }
  say(
    '',
    '## A model of the size people use: SmolLM2-135M-Instruct',
    '',
    'Attention of all 30 layers and all logits kept.',
    '',
  );
  say(`| | ${results.map(({ file }) => `\`${file}\``).join(' | ')} |`, `|---|${results.map(() => '--:').join('|')}|`);
  const row = (what: string, value: (result: LargeResult) => string): void =>
    say(`| ${what} | ${results.map(value).join(' | ')} |`);
  row('size', (r) => megabytes(r.fileBytes));
  row('first picture: cold engine to the thumbnails of 270 heads, 32 tokens', (r) => seconds(r.firstPictureSeconds));
  row('tokens per second', (r) => r.tokensPerSecond.toFixed(1));
  row('1,000 tokens scored with everything kept', (r) => seconds(r.longScoreSeconds));
  row('then the overview of all heads', (r) => seconds(r.longOverviewSeconds));
  row(
    'one head of any layer, median / worst',
    (r) => `${r.headMilliseconds.median.toFixed(0)} / ${r.headMilliseconds.worst.toFixed(0)} ms`,
  );
  row('weights kept as', (r) => (r.kept === 'codes' ? '8-bit codes' : r.kept));
  row(
    'memory of the engine, loaded / after 1,000 tokens',
    (r) => `${megabytes(r.memory.loaded)} / ${megabytes(r.memory.afterLong)}`,
  );
}

if (values.write && !chosen) fs.writeFileSync(path.join(root, 'test', 'bench', 'RESULTS.md'), `${lines.join('\n')}\n`);

function stretch({ milliseconds, mostly }: Stretch): string {
  return `${milliseconds.toFixed(1)} ms${mostly === '' ? '' : ` (${mostly.trim()})`}`;
}

function benchModels(): BenchModel[] {
  const almanac = path.join(root, 'models', 'almanac');
  const models: BenchModel[] = [
    { label: 'almanac fp32', folder: almanac, file: 'onnx/model.onnx', dtype: 'fp32', newTokens: 256 },
  ];
  if (smollm2) {
    models.push(
      { label: 'SmolLM2-135M fp32', folder: smollm2, file: 'onnx/model.onnx', dtype: 'fp32', newTokens: 48 },
      { label: 'SmolLM2-135M int8', folder: smollm2, file: 'onnx/model_quantized.onnx', dtype: 'q8', newTokens: 48 },
    );
  }
  return models;
}

function probeRow(label: string, r: ProbeResult): string {
  return `| ${label} | ${megabytes(r.fileBytes)} | ${r.insertedBytes} | ${r.replacedBytes} | ${megabytes(r.planningBytes)} | ${seconds(r.planningSeconds)} | ${megabytes(r.copiedBytes)} | ${r.attention} attention, ${r.hidden} hidden |`;
}
