import { windowsOf } from '../../src/core/text/windows';
import type { Sampling } from '../../src/core/decode/sampling';
import type { ModelSummary } from '../../src/protocol/models';
import type { Baseline, HeldOut, HeldOutDocument } from './heldOut';
import type { Progress } from './progress';
import { greedyChoice, runTraced, scoreTokens, textOf, type Subject } from './subject';

export const SAMPLE_PROMPTS = ['In the beginning', 'The state of the Union is', 'The whale'] as const;
export const SAMPLE_TOKENS = 120;
/** Seed of the first sample; the next has the next. */
export const SAMPLE_SEED = 1;
export const SAMPLE_SETTINGS: Omit<Sampling, 'seed'> = { temperature: 0.7, topK: 0, topP: 0.95, minP: 0 };
/** Tokens of a window where neither file nor config says how long a context may be. */
const LONGEST_WINDOW = 512;

export interface FileFigures {
  readonly file: string;
  readonly dtype: string;
  readonly bitsPerByte: number;
  /** By source of the documents. */
  readonly bySource: readonly { readonly source: string; readonly bytes: number; readonly bitsPerByte: number }[];
}

export interface VariantFigures extends FileFigures {
  /** Places where this file's greedy choice is that of the file that runs when none is chosen. */
  readonly same: number;
}

export interface TextFigures {
  readonly documents: number;
  readonly bytes: number;
  /** Tokens that were judged: all but the first of each document. */
  readonly tokens: number;
  readonly window: number;
  readonly main: FileFigures;
  readonly variants: readonly VariantFigures[];
  readonly baseline: Baseline;
  readonly samples: readonly { readonly seed: number; readonly text: string }[];
}

/** A document as one file judges it. */
interface ScoredDocument {
  readonly source: string;
  readonly bytes: number;
  readonly bits: number;
  readonly choices: readonly (number | null)[];
}

export async function evaluateText(
  subject: Subject,
  summary: ModelSummary,
  { documents, baseline }: HeldOut,
  samplePrompts: readonly string[],
  progress: Progress,
): Promise<TextFigures> {
  const window = Math.min(summary.contextLength ?? LONGEST_WINDOW, LONGEST_WINDOW);
  const scoreAll = async (file: string): Promise<ScoredDocument[]> => {
    const done = progress.counter(`${file}, held-out documents`, documents.length);
    const scored: ScoredDocument[] = [];
    for (const document of documents) {
      scored.push(await scoreDocument({ ...subject, ref: { ...subject.ref, file } }, document, window));
      done();
    }
    return scored;
  };
  const mine = await scoreAll(summary.file);
  const variants: VariantFigures[] = [];
  for (const { file, dtype } of summary.variants.filter((variant) => variant.file !== summary.file)) {
    const theirs = await scoreAll(file);
    variants.push({ ...figuresOf(file, dtype, theirs), same: sameChoices(mine, theirs) });
  }
  const samples = [];
  for (const [at, prompt] of samplePrompts.entries()) {
    const seed = SAMPLE_SEED + at;
    const sampling = { ...SAMPLE_SETTINGS, seed };
    const { tokens } = await runTraced(subject, { prompt: { text: prompt }, maxNewTokens: SAMPLE_TOKENS, sampling });
    samples.push({ seed, text: textOf(tokens) });
  }
  return {
    documents: documents.length,
    bytes: mine.reduce((sum, { bytes }) => sum + bytes, 0),
    tokens: mine.reduce((sum, { choices }) => sum + choices.length, 0),
    window,
    main: figuresOf(summary.file, summary.dtype, mine),
    variants,
    baseline,
    samples,
  };
}

async function scoreDocument(
  subject: Subject,
  { source, text }: HeldOutDocument,
  window: number,
): Promise<ScoredDocument> {
  const { tokens } = await subject.engine.call('tokenize', { model: subject.ref, text });
  const ids = tokens.map(({ id }) => id);
  let bits = 0;
  const choices: (number | null)[] = [];
  for (const { start, end, from } of windowsOf(ids.length, window)) {
    for (const token of (await scoreTokens(subject, { ids: ids.slice(start, end) })).slice(from - start)) {
      bits += token.judgement?.surprisal ?? 0;
      choices.push(greedyChoice(token));
    }
  }
  return { source, bytes: Buffer.byteLength(text), bits, choices };
}

function figuresOf(file: string, dtype: string, scored: readonly ScoredDocument[]): FileFigures {
  const together = (chosen: readonly ScoredDocument[]): { bytes: number; bitsPerByte: number } => {
    const bytes = chosen.reduce((sum, document) => sum + document.bytes, 0);
    return { bytes, bitsPerByte: chosen.reduce((sum, { bits }) => sum + bits, 0) / bytes };
  };
  const sources = [...new Set(scored.map(({ source }) => source))];
  return {
    file,
    dtype,
    bitsPerByte: together(scored).bitsPerByte,
    bySource: sources.map((source) => ({ source, ...together(scored.filter((each) => each.source === source)) })),
  };
}

function sameChoices(one: readonly ScoredDocument[], other: readonly ScoredDocument[]): number {
  return one.reduce(
    (sum, { choices }, at) => sum + choices.filter((choice, place) => choice === other[at]?.choices[place]).length,
    0,
  );
}
