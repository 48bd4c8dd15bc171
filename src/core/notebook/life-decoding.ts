import { array, boolean, integer, nullable, object, oneOf, optional, readOrNull, string } from '../check/check';
import { CoreError } from '../errors';
import type { BoardPasses } from '../life/board-passes';
import { TOKEN_ORIGINS } from '../sequence/pass';

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

const place = integer({ min: -MOST_TOKENS, max: MOST_TOKENS });
const count = integer({ min: 0, max: MOST_TOKENS });
const many = { max: MOST_TOKENS } as const;

const lifeDecoding = object({
  decoder: string({ max: 1_000 }),
  exact: optional(boolean()),
  draft: optional(string({ max: 10_000 })),
  steps: array(
    array(
      object({ start: place, end: place, drafted: count, accepted: count, next: nullable(oneOf(...TOKEN_ORIGINS)) }),
      many,
    ),
    many,
  ),
});

/**
 * Reads what a notebook file holds of it: anyone's text.
 * @throws CoreError `trace-invalid` where it is none.
 */
export function readLifeDecoding(value: unknown): LifeDecoding {
  const read = readOrNull(lifeDecoding, value);
  if (!read || keptSteps(read.steps).length < read.steps.length) throw none();
  return read;
}

function none(): CoreError {
  return new CoreError('trace-invalid', 'The passes of this result are none.');
}
