import { lifeAnswer, lifePrompt } from '../../src/core/life/prompt';
import { ORDERS } from '../../src/core/life/sweep';
import { Problem } from '../../src/protocol/errors';
import type { Caller } from '../../src/protocol/call';
import type { EngineApi } from '../../src/protocol/engine';
import type { ModelSummary } from '../../src/protocol/models';
import { DRAFT_LENGTHS, evaluateDraft, type DraftFigures, type DraftPrompt } from './drafting';
import type { HeldOut } from './heldOut';
import { boardsOf, evaluateLife, ROLLED, ROLLOUT_STEPS, type LifeFigures } from './life';
import type { Progress } from './progress';
import type { Subject } from './subject';
import { evaluateText, SAMPLE_PROMPTS, type TextFigures } from './text';

/** How much is measured. */
export interface Sizes {
  /** Random boards at each order parameter; a draft alone gets a tenth of them. */
  readonly boards: number;
  /** Steps that a pattern is rolled forward. */
  readonly steps: number;
  /** Boards at each order parameter, or documents, that a draft model drafts for. */
  readonly draftBoards: number;
  readonly draftDocuments: number;
  readonly draftLengths: readonly number[];
}

export const SIZES: Sizes = {
  boards: 1000,
  steps: ROLLOUT_STEPS,
  draftBoards: 3,
  draftDocuments: 24,
  draftLengths: DRAFT_LENGTHS,
};

/** Tokens of a document that are the prompt, and tokens that are written after it. */
export const DRAFT_PROMPT_TOKENS = 64;
export const DRAFT_NEW_TOKENS = 96;
/** The draft length at which acceptance is also told by order parameter, or by source. */
export const GROUP_LENGTH = 8;

/** What was measured of one model folder. */
export interface Result {
  readonly model: ModelSummary;
  readonly life?: LifeFigures;
  readonly text?: TextFigures;
  readonly drafting?: DraftFigures & { readonly target: ModelSummary };
}

/**
 * Everything that is measured of a model by its task and role.
 * @param target the model that a draft drafts for.
 * @throws Problem where the folder cannot be run.
 */
export async function measure(
  engine: Caller<EngineApi>,
  model: ModelSummary,
  target: ModelSummary | null,
  heldOut: HeldOut,
  sizes: Sizes,
  progress: Progress,
): Promise<Result> {
  for (const each of [model, target]) {
    if (each?.problem) throw new Problem({ ...each.problem, code: 'not-available' });
  }
  const subject = subjectOf(engine, model);
  const figures = model.life
    ? { life: await evaluateLife(subject, model.life, model, lifeSizes(sizes, target !== null), progress) }
    : { text: await evaluateText(subject, model, heldOut, target ? [] : SAMPLE_PROMPTS, progress) };
  if (!target) return { model, ...figures };
  const prompts = model.life
    ? lifePrompts(target, sizes.draftBoards)
    : await textPrompts(subject, heldOut, sizes.draftDocuments);
  const lengths = { lengths: sizes.draftLengths, groupLength: GROUP_LENGTH };
  const drafting = await evaluateDraft(subjectOf(engine, target), subject.ref, prompts, lengths, progress);
  return { model, ...figures, drafting: { ...drafting, target } };
}

function subjectOf(engine: Caller<EngineApi>, { folder, file }: ModelSummary): Subject {
  return { engine, ref: { folder, file } };
}

function lifeSizes({ boards, steps }: Sizes, isDraft: boolean): Parameters<typeof evaluateLife>[3] {
  return isDraft ? { boards: Math.ceil(boards / 10), patterns: [], steps: 0 } : { boards, patterns: ROLLED, steps };
}

function lifePrompts({ life: grid }: ModelSummary, boardsPerOrder: number): DraftPrompt[] {
  if (!grid) return [];
  return ORDERS.flatMap((order) =>
    boardsOf(grid, order, boardsPerOrder).boards.map((board) => ({
      group: order.toFixed(1),
      prompt: { text: lifePrompt(board, grid) },
      maxNewTokens: lifeAnswer(board, grid).length,
    })),
  );
}

/** The beginnings of documents, evenly spaced over those that are long enough. */
async function textPrompts({ engine, ref }: Subject, { documents }: HeldOut, most: number): Promise<DraftPrompt[]> {
  const prompts: DraftPrompt[] = [];
  for (const { source, text } of documents) {
    const { tokens } = await engine.call('tokenize', { model: ref, text });
    const ids = tokens.slice(0, DRAFT_PROMPT_TOKENS).map(({ id }) => id);
    if (ids.length === DRAFT_PROMPT_TOKENS) {
      prompts.push({ group: source, prompt: { ids }, maxNewTokens: DRAFT_NEW_TOKENS });
    }
  }
  return prompts.filter((_, at) => at % Math.ceil(prompts.length / most) === 0);
}
