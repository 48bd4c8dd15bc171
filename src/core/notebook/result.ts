import {
  anything,
  array,
  integer,
  number,
  object,
  orElse,
  passing,
  read,
  readOrNull,
  string,
  type Check,
  type Checked,
} from '../check/check';
import { textFrom } from '../trace/text';
import type { Alternative, Trace, TracePass, TraceToken } from '../trace/record';
import { parseTrace } from '../trace/vivtrace';
import { CoreError } from '../errors';
import { runSentence } from '../picture/run';
import { packedLength } from '../lens/packed';
import { SHOWN, type Shown } from './shown';

/** The type under which a notebook keeps a run for our renderer; beside it stand SVG and text for everything else. */
export const RESULT_MIME = 'application/vnd.vivarium.run+json';
export const RESULT_VERSION = 1;

/** Most of what a notebook keeps of a run: it is a file that people read, send and compare. */
const MOST_TOKENS = 2_000;
const MOST_ALTERNATIVES = 5;

export interface RunResult {
  readonly version: typeof RESULT_VERSION;
  readonly show: readonly Shown[];
  readonly trace: Trace;
  /** Attention of some heads; absent where it was not asked for. */
  readonly attention?: ResultAttention;
  /** What was left out and why, and what the run itself has to say: one sentence each. */
  readonly notes: readonly string[];
}

export interface ResultAttention {
  /** Tokens of the maps: those of the run. */
  readonly tokens: number;
  readonly heads: readonly ResultHead[];
}

export interface ResultHead {
  readonly layer: number;
  readonly head: number;
  /** Base64 of the packed lower triangle: row q has q + 1 codes of 8 bits (`numeric/codes.ts`). */
  readonly codes: string;
}

/** Bytes of codes that a notebook keeps of a run. */
export const MOST_ATTENTION_BYTES = 400_000;

/** What a notebook keeps of a run. */
export function runResult(
  trace: Trace,
  show: readonly Shown[],
  notes: readonly string[] = [],
  attention: ResultAttention | null = null,
): RunResult {
  const tokens = trace.tokens.slice(0, MOST_TOKENS).map(withFewAlternatives);
  const passes = trace.passes.map(withFewResiduals);
  const left = trace.tokens.length - tokens.length;
  return {
    version: RESULT_VERSION,
    show,
    trace: { ...trace, tokens, passes },
    ...(attention ? { attention } : {}),
    notes: [
      ...notes,
      ...(left > 0 ? [`The first ${MOST_TOKENS} tokens are kept in the notebook, ${left} are not.`] : []),
    ],
  };
}

/**
 * Reads what a notebook file holds under {@link RESULT_MIME}: anyone's text.
 * @throws CoreError `trace-invalid` where it is none, or was made by a newer version.
 */
export function readRunResult(value: unknown): RunResult {
  const versioned = readOrNull(object({ version: number() }), value);
  if (versioned === null) throw new CoreError('trace-invalid', 'This is no result of Vivarium.');
  if (versioned.version > RESULT_VERSION) {
    throw new CoreError(
      'trace-invalid',
      `This result was made by a newer Vivarium (version ${versioned.version}). Update Vivarium to see it.`,
    );
  }
  const { show, trace, notes, attention } = read(resultCheck, value, 'The result');
  const shown = readTrace(trace);
  const maps = attention && mapsOf(attention, shown.tokens.length);
  return {
    version: RESULT_VERSION,
    show: SHOWN.filter((each) => show.includes(each)),
    trace: shown,
    ...(maps ? { attention: maps } : {}),
    notes,
  };
}

const list = <T>(item: Check<T>) => orElse(array(item, { max: 10_000_000 }), []);
const whole = <T>(item: Check<T>) => orElse(passing(item, { max: 10_000_000 }), []);
const texts = whole(string({ max: 10_000_000 }));
const place = integer({ min: 0 });

/** What is not as it should be is left out: a notebook shows what there is. */
const resultCheck = object({
  show: texts,
  trace: orElse(
    object({ header: anything(), passes: list(anything()), tokens: list(anything()), summary: anything() }),
    null,
  ),
  attention: orElse(
    object({
      tokens: integer({ min: 1 }),
      heads: whole(object({ layer: place, head: place, codes: string({ max: 1_000_000_000 }) })),
    }),
    null,
  ),
  notes: texts,
});
type Read = Checked<typeof resultCheck>;

/** Maps that are whole, of no more tokens than the trace has; null where there is none. */
function mapsOf({ tokens, heads }: NonNullable<Read['attention']>, most: number): ResultAttention | null {
  if (tokens > most) return null;
  const length = 4 * Math.ceil(packedLength(tokens) / 3);
  const whole = heads.filter(
    (each) => each.codes.length === length && /^[A-Za-z0-9+/]*={0,2}$/.test(each.codes),
  ) as readonly ResultHead[];
  return whole.length > 0 ? { tokens, heads: whole } : null;
}

/** The trace, checked field by field as that of a file is. */
function readTrace(trace: Read['trace']): Trace {
  const { header, passes = [], tokens = [], summary } = trace ?? {};
  const events = [header];
  let next = 0;
  for (const pass of passes) {
    events.push(pass, ...tokens.slice(next, next + writesOf(pass)));
    next += writesOf(pass);
  }
  events.push(...tokens.slice(next), ...(summary === undefined ? [] : [summary]));
  return parseTrace(events.map((event) => `${JSON.stringify(event)}\n`).join('')).trace;
}

/** Tokens of a pass that follow it; of a trace of version 1 all follow the last. */
function writesOf(pass: unknown): number {
  return readOrNull(object({ writes: place }), pass)?.writes ?? 0;
}

function withFewAlternatives(token: TraceToken): TraceToken {
  const { judgement } = token;
  return judgement ? { ...token, judgement: { ...judgement, top: few(judgement.top) } } : token;
}

function withFewResiduals(pass: TracePass): TracePass {
  const { speculation } = pass;
  if (!speculation?.residual) return pass;
  return {
    ...pass,
    speculation: { ...speculation, residual: { ...speculation.residual, top: few(speculation.residual.top) } },
  };
}

function few(top: readonly Alternative[]): readonly Alternative[] {
  return top.slice(0, MOST_ALTERNATIVES);
}

/** A result in words, for places that show nothing else. */
export function resultText({ trace, notes }: RunResult): string {
  const { header } = trace;
  const text = textFrom(trace, 0);
  return [
    `${header.model.name} (${header.model.dtype}), ${header.decoder.name}: ${runSentence(trace)}`,
    ...notes,
    '',
    text ?? trace.tokens.map(({ id }) => id).join(', '),
  ].join('\n');
}
