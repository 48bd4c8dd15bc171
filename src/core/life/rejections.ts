import { type BoardPasses, cellsOfPass, decidedCells, NO_PASS } from './board-passes';

/** Where the drafts of a board were rejected. Both arrays are [height, width], row by row, 1 or 0. */
export interface RejectionMap {
  readonly rejected: Uint8Array;
  /** Cells whose draft was accepted or rejected; the others were never drafted, or the model said them before that. */
  readonly judged: Uint8Array;
}

/** What drafted a board: what a rejection means depends on it. */
export interface BoardDecoder {
  readonly name: string;
  /** Whether it emits the model's own distribution; absent where that is not known. */
  readonly exact?: boolean | undefined;
  readonly temperature: number;
  /** The draft model's name. */
  readonly draft?: string | undefined;
}

/** [height, width] each: what was given, what follows from it by the rule, and what the model said. */
export interface JudgedBoards {
  readonly before: Uint8Array;
  readonly exact: Uint8Array;
  /** Anything but 0 and 1 where the model said no cell. */
  readonly predicted: Uint8Array;
  /** What the model held most probable at each cell; absent where that is not known. */
  readonly likeliest?: Uint8Array;
}

/**
 * What the rejections of a board are a map of:
 * - `errors`: the exact rule drafted and the model said what it holds most probable, so a rejection is an error of the model;
 * - `draws`: the exact rule drafted, but what the model said was drawn;
 * - `changes`: the board before drafted, so a rejection is a cell that the model changes;
 * - `guesses`: guesses that each pass makes anew;
 * - `draft`: another model or the text before drafted, so a rejection is where that and the model part;
 * - `lossy`: the rule that judged also keeps cells that the model would not have said;
 * - `none`: no draft was judged.
 */
export type RejectionMeaning = 'errors' | 'draws' | 'changes' | 'guesses' | 'draft' | 'lossy' | 'none';

/** The rejections of a board beside what they should be a map of. */
export interface RejectionReading {
  readonly meaning: RejectionMeaning;
  readonly map: RejectionMap;
  readonly rejected: number;
  readonly judged: number;
  /** Cells of the answer that came. */
  readonly decided: number;
  /** Cells that the model said otherwise than the rule. */
  readonly wrong: number;
  /** Of those that are wrong: with a rejection, and those whose draft was never judged. */
  readonly wrongRejected: number;
  readonly wrongUnjudged: number;
  /**
   * Whether the cells that were rejected are, among the judged ones, exactly those that `errors` and `draws` (wrong ones) or
   * `changes` (changed ones) say; null for the other meanings, which say of no cell that it must be rejected.
   */
  readonly holds: boolean | null;
  /** Rejected cells where the model itself holds the rule's cell most probable; null where that is not known. */
  readonly likeliestRight: number | null;
  readonly decoder: BoardDecoder;
}

const GUESSING = ['jacobi', 'speculative-jacobi', 'lookahead'];

export function rejectionMap(passes: BoardPasses, cells: number): RejectionMap {
  const [rejected, judged] = [new Uint8Array(cells), new Uint8Array(cells)];
  for (const pass of passes) {
    for (const { cell, fate } of cellsOfPass(pass, cells)) {
      if (fate === null || fate === 'unused') continue;
      judged[cell] = 1;
      if (fate === 'rejected') rejected[cell] = 1;
    }
  }
  return { rejected, judged };
}

/** Reads what the rejections of a board say, and checks it against the boards. */
export function readRejections(passes: BoardPasses, boards: JudgedBoards, decoder: BoardDecoder): RejectionReading {
  const { before, exact, predicted, likeliest } = boards;
  const map = rejectionMap(passes, predicted.length);
  const came = decidedCells(passes, predicted.length).pass;
  const counts = { rejected: 0, judged: 0, decided: 0, wrong: 0, wrongRejected: 0, wrongUnjudged: 0 };
  let [apart, changedApart, likeliestRight] = [0, 0, 0];
  for (let cell = 0; cell < predicted.length; cell++) {
    if (came[cell] === NO_PASS) continue;
    const [isRejected, isJudged] = [map.rejected[cell] === 1, map.judged[cell] === 1];
    const isWrong = predicted[cell] !== exact[cell];
    counts.decided++;
    counts.judged += Number(isJudged);
    counts.rejected += Number(isRejected);
    counts.wrong += Number(isWrong);
    counts.wrongRejected += Number(isWrong && isRejected);
    counts.wrongUnjudged += Number(isWrong && !isJudged);
    if (!isJudged) continue;
    apart += Number(isRejected !== isWrong);
    changedApart += Number(isRejected !== (predicted[cell] !== before[cell]));
    if (isRejected && likeliest?.[cell] === exact[cell]) likeliestRight++;
  }
  const meaning = counts.judged === 0 ? 'none' : meaningOf(decoder);
  return {
    ...{ meaning, map, ...counts, decoder },
    holds:
      meaning === 'errors' || meaning === 'draws' ? apart === 0 : meaning === 'changes' ? changedApart === 0 : null,
    likeliestRight: likeliest ? likeliestRight : null,
  };
}

function meaningOf({ name, exact, temperature }: BoardDecoder): RejectionMeaning {
  if (name === 'exact-rule') return temperature === 0 ? 'errors' : 'draws';
  if (name === 'copy-previous') return 'changes';
  if (exact === false) return 'lossy';
  return GUESSING.includes(name) ? 'guesses' : 'draft';
}

/** What the rejections are a map of, and whether that holds here: whole sentences, the first the most important. */
export function rejectionSentences(reading: RejectionReading): readonly string[] {
  const { meaning, decided, judged, wrong, wrongUnjudged } = reading;
  if (meaning === 'none') return [noneSentence(reading)];
  const sentences = [MEANINGS[meaning](reading)];
  const unjudged = decided - judged;
  if (unjudged > 0 && (meaning === 'errors' || meaning === 'draws')) {
    const which = `${cellsText(unjudged)} ${unjudged === 1 ? 'was' : 'were'} never judged (the first, and each after a whole draft): `;
    sentences.push(
      which +
        (wrongUnjudged === 0
          ? `${unjudged === 1 ? 'it is' : 'they are'} right.`
          : `${wrongUnjudged} of them ${wrongUnjudged === 1 ? 'is' : 'are'} wrong, which no rejection shows.`),
    );
  } else if (meaning !== 'errors' && meaning !== 'draws') sentences.push(overlapSentence(reading, wrong));
  return sentences;
}

const MEANINGS: Readonly<Record<Exclude<RejectionMeaning, 'none'>, (reading: RejectionReading) => string>> = {
  errors: ({ holds, rejected, wrong, wrongRejected, wrongUnjudged, judged }) =>
    holds
      ? `The rejection map is the model’s error map: the exact rule drafted, and of ${cellsText(judged)} judged it was rejected at ` +
        (rejected === 0 ? 'none, for none is wrong.' : `the ${rejected} that the model says wrong, and at no other.`)
      : `The exact rule drafted, so the rejections should be the model’s errors, and are not: ${rejected - wrongRejected} of ${rejected} rejected cells are right, and of the judged ${wrong - wrongRejected - wrongUnjudged} wrong were accepted. The run’s record does not fit its decoder.`,
  draws: ({ holds, rejected, likeliestRight, decoder }) => {
    const map = `At temperature ${decoder.temperature} the rejections are the draws against the rule, not the model’s errors: `;
    if (!holds) return `${map}they do not fit the cells of this board, so the record of the run is not whole.`;
    const likely =
      likeliestRight === null || rejected === 0
        ? ''
        : `; at ${likeliestRight} of them the model holds the rule’s cell most probable`;
    return `${map}${cellsText(rejected)} ${rejected === 1 ? 'was' : 'were'} drawn otherwise than the rule says${likely}.`;
  },
  changes: ({ holds, rejected }) =>
    holds
      ? `The rejections are the cells that the model changes, not its errors: the board before drafted, and ${cellsText(rejected)} of the judged came otherwise.`
      : 'The board before drafted, so the rejections should be the cells that change, and are not: the run’s record does not fit its decoder.',
  guesses: ({ rejected }) =>
    `The rejections are guesses that did not hold, not errors: each pass puts what it said in the place of the guesses, and was stopped at ${cellsText(rejected)}.`,
  draft: ({ rejected, decoder }) => {
    const by = decoder.draft ?? (decoder.name === 'prompt-lookup' ? 'the text before' : 'the draft');
    return decoder.temperature === 0
      ? `The rejections are where ${by} and the model part, not the model’s errors: ${cellsText(rejected)}.`
      : `The rejections are where a draw went against ${by}, not the model’s errors: ${cellsText(rejected)}.`;
  },
  lossy: ({ rejected, decoder }) =>
    `The rejections are what a lossy rule did not let pass, not the model’s errors: ${cellsText(rejected)}; ${decoder.name} also accepts cells that the model would not have said.`,
};

function noneSentence({ decoder }: RejectionReading): string {
  return decoder.name === 'hand-over'
    ? 'There is no rejection map: no rule judged the cells that the small model wrote.'
    : 'There is no rejection map: nothing was drafted and judged.';
}

function overlapSentence({ rejected, wrongRejected }: RejectionReading, wrong: number): string {
  if (wrong === 0) return 'No cell of the board is wrong.';
  if (rejected === 0)
    return `${cellsText(wrong)} of the board ${wrong === 1 ? 'is' : 'are'} wrong, and none was rejected.`;
  return `${wrong === 1 ? '1 cell of the board is' : `${wrong} cells of the board are`} wrong, ${wrongRejected} of them among the ${rejected} rejected.`;
}

function cellsText(count: number): string {
  return `${count} ${count === 1 ? 'cell' : 'cells'}`;
}
