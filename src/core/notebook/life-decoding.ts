import { CoreError } from '../errors';
import { RunPasses } from '../lens/passes';
import { locateLife } from '../life/sequence';
import type { LifeGrid, TokenOrigin, Trace } from '../trace/record';
import { TOKEN_ORIGINS } from '../trace/record';

/** How a decoder came to the boards of a Life cell. */
export interface LifeDecoding {
  readonly decoder: string;
  /** The draft model; absent where there was none. */
  readonly draft?: string;
  /** Of the first steps, as far as they are kept. */
  readonly steps: readonly LifeStepPasses[];
}

/** The passes after the prompt's, in order: what came before the first of them, the prompt's own pass said. */
export type LifeStepPasses = readonly LifePass[];

/** One pass of the model. Places count the tokens of the answer from its first cell: one before it may be below 0. */
export interface LifePass {
  /** Tokens that it brought: `start` to `end` (exclusive), drafted ones first. */
  readonly start: number;
  readonly end: number;
  readonly drafted: number;
  /** Drafted tokens that stand: a prefix. */
  readonly accepted: number;
  /** How the tokens after the accepted ones came; null where there are none. */
  readonly next: TokenOrigin | null;
}

/** What came of the cells of a step. */
export interface DecidedCells {
  /** [cells] the pass that said each, from 1; 0 is the prompt's, {@link NO_PASS} none. */
  readonly pass: Uint16Array;
  readonly origin: readonly (TokenOrigin | null)[];
}

export const NO_PASS = 0xffff;
/** Passes that a notebook keeps, of all steps together. */
export const MOST_PASSES = 4_000;
const MOST_TOKENS = 1 << 20;

/** The passes of a run of a Life model; null where its sequence holds no board. */
export function lifePasses({ header, tokens, passes }: Trace, grid: LifeGrid): LifeStepPasses | null {
  const sequence = locateLife(tokens, header.promptLength, grid);
  if (!sequence) return null;
  const run = new RunPasses(header.promptLength);
  run.add(passes);
  return run.rows.map(({ start, end, pass: { speculation } }) => {
    const first = start - sequence.firstAnswer;
    const accepted = speculation?.accepted ?? 0;
    const other =
      end > start + accepted ? (tokens[start + accepted]?.origin ?? speculation?.next?.origin ?? null) : null;
    const drafted = speculation?.drafted.length ?? 0;
    return { start: first, end: end - sequence.firstAnswer, drafted, accepted, next: other };
  });
}

/** @param cells of the board. */
export function decidedCells(passes: LifeStepPasses, cells: number): DecidedCells {
  const pass = new Uint16Array(cells).fill(NO_PASS);
  const origin = new Array<TokenOrigin | null>(cells).fill(null);
  const first = passes[0]?.start ?? 0;
  for (let cell = 0; cell < Math.min(first, cells); cell++) [pass[cell], origin[cell]] = [0, 'sampled'];
  passes.forEach(({ start, end, accepted, next }, place) => {
    for (let cell = Math.max(0, start); cell < Math.min(end, cells); cell++) {
      pass[cell] = place + 1;
      origin[cell] = cell < start + accepted ? 'accepted' : next;
    }
  });
  return { pass, origin };
}

/** As many steps as a notebook keeps the passes of. */
export function keptSteps(steps: readonly LifeStepPasses[]): readonly LifeStepPasses[] {
  let passes = 0;
  return steps.filter((step) => (passes += step.length) <= MOST_PASSES);
}

/** One sentence on what drafting brought over these steps. */
export function decodingSentence({ decoder, draft, steps }: LifeDecoding): string {
  const all = steps.flat();
  const drafted = all.reduce((sum, pass) => sum + pass.drafted, 0);
  const accepted = all.reduce((sum, pass) => sum + pass.accepted, 0);
  const rate =
    drafted === 0 ? '' : `, accepted ${accepted} of ${drafted} drafted cells (${(accepted / drafted).toFixed(3)})`;
  const by = draft === undefined ? decoder : `${decoder} with ${draft}`;
  const after = `${all.length} ${all.length === 1 ? 'pass' : 'passes'} after the prompts`;
  return `${by}: ${steps.length} ${steps.length === 1 ? 'step' : 'steps'} in ${after}${rate}`;
}

/**
 * Reads what a notebook file holds of it: anyone's text.
 * @throws CoreError `trace-invalid` where it is none.
 */
export function readLifeDecoding(value: unknown): LifeDecoding {
  const { decoder, draft, steps } = fieldsOf(value);
  if (typeof decoder !== 'string' || !Array.isArray(steps)) throw none();
  const read = steps.map((step): LifeStepPasses => {
    if (!Array.isArray(step)) throw none();
    return step.map(readPass);
  });
  if (keptSteps(read).length < read.length) throw none();
  return { decoder, ...(typeof draft === 'string' ? { draft } : {}), steps: read };
}

function readPass(value: unknown): LifePass {
  const { start, end, drafted, accepted, next } = fieldsOf(value);
  const isCount = (count: unknown, least = 0): count is number =>
    typeof count === 'number' && Number.isInteger(count) && count >= least && count <= MOST_TOKENS;
  if (!isCount(start, -MOST_TOKENS) || !isCount(end, -MOST_TOKENS) || !isCount(drafted) || !isCount(accepted))
    throw none();
  if (next !== null && !(TOKEN_ORIGINS as readonly unknown[]).includes(next)) throw none();
  return { start, end, drafted, accepted, next: next as TokenOrigin | null };
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

function none(): CoreError {
  return new CoreError('trace-invalid', 'The passes of this result are none.');
}
