import type { Sampling } from '../core/decode/sampling';
import type { RunRequest } from '../protocol/runs';
import type { Arguments, Options } from './arguments';

/** Options of the verbs that run a prompt. */
export const PROMPT_OPTIONS = {
  model: { type: 'string' },
  prompt: { type: 'string' },
  ids: { type: 'string' },
  'max-new': { type: 'string' },
  temperature: { type: 'string' },
  'top-k': { type: 'string' },
  'top-p': { type: 'string' },
  'min-p': { type: 'string' },
  seed: { type: 'string' },
} as const satisfies Options;

const DEFAULT_NEW_TOKENS = 64;
/** What the engine takes; any context is full before. */
const MOST_NEW_TOKENS = 1_000_000;

export const PROMPT_HELP: readonly string[] = [
  '  --prompt TEXT       the prompt',
  '  --ids 1,2,3         the prompt as token ids, special tokens included',
  `  --max-new N         most tokens to generate (${DEFAULT_NEW_TOKENS}); 0 scores the prompt alone`,
  '  --temperature T     0 = the most probable token (default; 1 where another of these is given)',
  '  --top-k K           keep the K most probable tokens; 0 = off',
  '  --top-p P           keep the most probable tokens up to a mass of P; 1 = off',
  '  --min-p P           keep tokens with at least P times the largest probability; 0 = off',
  '  --seed N            seed of the draws (0)',
];

/** What is run, whatever decodes it. */
export type PromptRequest = Pick<RunRequest, 'prompt' | 'sampling' | 'maxNewTokens'> & {
  /** The model as it was named. */
  readonly model: string;
};

/** @throws Problem `bad-request`. */
export function readPrompt(args: Arguments, model = args.text('model')): PromptRequest {
  if (model === undefined) throw args.usage('Which model? Give --model.');
  const [text, ids] = [args.text('prompt'), args.integers('ids')];
  if (text !== undefined && ids !== undefined) throw args.usage('--prompt and --ids cannot be used together.');
  if (text === undefined && ids === undefined) throw args.usage('What prompt? Give --prompt or --ids.');
  return {
    model,
    prompt: ids === undefined ? { text: text as string } : { ids },
    sampling: readSampling(args),
    maxNewTokens: args.integer('max-new', DEFAULT_NEW_TOKENS, 0, MOST_NEW_TOKENS),
  };
}

/** Greedy unless something asks for draws: a seed or a filter without a temperature would otherwise do nothing. */
function readSampling(args: Arguments): Sampling {
  const draws = ['top-k', 'top-p', 'min-p', 'seed'].some((name) => args.has(name));
  return {
    temperature: args.number('temperature', draws ? 1 : 0, 0),
    topK: args.integer('top-k', 0, 0),
    topP: args.number('top-p', 1, 0, 1),
    minP: args.number('min-p', 0, 0, 1),
    seed: args.integer('seed', 0, 0, 0xffffffff),
  };
}
