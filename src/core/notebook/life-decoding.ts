import { CoreError } from '../errors';
import type { BoardPasses, LifePass } from '../life/board-passes';
import type { TokenOrigin } from '../trace/record';
import { TOKEN_ORIGINS } from '../trace/record';

/** How a decoder came to the boards of a Life cell. */
export interface LifeDecoding {
  readonly decoder: string;
  /** Whether the decoder emits the model's own distribution; absent where that was not kept. */
  readonly exact?: boolean;
  /** The draft model; absent where there was none. */
  readonly draft?: string;
  /** Of the first steps, as far as they are kept. */
  readonly steps: readonly BoardPasses[];
}

/** Passes that a notebook keeps, of all steps together. */
export const MOST_PASSES = 4_000;
const MOST_TOKENS = 1 << 20;

/** As many steps as a notebook keeps the passes of. */
export function keptSteps(steps: readonly BoardPasses[]): readonly BoardPasses[] {
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
  const { decoder, exact, draft, steps } = fieldsOf(value);
  if (typeof decoder !== 'string' || !Array.isArray(steps)) throw none();
  const read = steps.map((step): BoardPasses => {
    if (!Array.isArray(step)) throw none();
    return step.map(readPass);
  });
  if (keptSteps(read).length < read.length) throw none();
  return {
    decoder,
    ...(typeof exact === 'boolean' ? { exact } : {}),
    ...(typeof draft === 'string' ? { draft } : {}),
    steps: read,
  };
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
