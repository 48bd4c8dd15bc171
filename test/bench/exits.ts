import { earlyExit } from '../../src/core/decode/early-exit';
import { SpeculationCounter } from '../../src/core/trace/speculation';
import { type LoadedModel, ModelStore } from '../../src/engine/model/index';
import { readHeldOut } from '../evaluate/heldOut';
import { inTurns, median } from './worker';

export interface ExitResult {
  readonly layer: number;
  /** Median seconds over one token after a context: the draft's lower layers and lens, and the layers above. */
  readonly draftSeconds: number;
  readonly upperSeconds: number;
  /** Of drafted tokens, greedy, in drafts of 4. */
  readonly acceptanceRate: number;
}

export interface ExitResults {
  readonly layers: number;
  readonly wholeSeconds: number;
  /** Of a whole pass over the five tokens of a draft of 4. */
  readonly wholeFiveSeconds: number;
  readonly exits: readonly ExitResult[];
}

/** Tokens of each text. */
const PLACE = 80;
const CONTEXT = 64;
const GAMMA = 4;

/** A model cut at each of its layers: what the parts cost beside the whole, and what their drafts are worth. */
export async function measureExits(folder: string, rounds: number): Promise<ExitResults> {
  const model = await new ModelStore().open({ folder });
  const text = heldOutIds(model);
  const ids = text.slice(0, CONTEXT);
  const whole = model.openSequence({ attention: [], hidden: [] });
  await whole.extend(ids);
  const step = async (count: number): Promise<number> => {
    const started = performance.now();
    await whole.extend(text.slice(CONTEXT, CONTEXT + count));
    const seconds = (performance.now() - started) / 1000;
    whole.rollback(CONTEXT);
    return seconds;
  };
  const exits: ExitResult[] = [];
  const times: number[] = [];
  const fives: number[] = [];
  for (let layer = 1; layer <= model.layers; layer++) {
    const exit = await model.openExit(layer);
    const pair = exit.openPair({ attention: [], hidden: [] });
    const { target, draft } = pair;
    await target.extend(ids);
    await draft.read?.(ids);
    const next = text.slice(CONTEXT, CONTEXT + 1);
    let upperSeconds = 0;
    const seconds = await inTurns(
      {
        one: () => step(1),
        five: () => step(1 + GAMMA),
        draft: async () => {
          const started = performance.now();
          await draft.extend(next);
          const middle = performance.now();
          await target.extend(next);
          upperSeconds = (performance.now() - middle) / 1000;
          target.rollback(CONTEXT);
          draft.rollback(CONTEXT);
          return (middle - started) / 1000;
        },
        upper: () => Promise.resolve(upperSeconds),
      },
      rounds,
    );
    times.push(...seconds.one);
    fives.push(...seconds.five);
    target.dispose();
    pair.dispose();
    exit.release();
    exits.push({
      layer,
      draftSeconds: median(seconds.draft),
      upperSeconds: median(seconds.upper),
      acceptanceRate: await acceptance(model, layer, text),
    });
  }
  return { layers: model.layers, wholeSeconds: median(times), wholeFiveSeconds: median(fives), exits };
}

/** The beginnings of texts that the bundled models were not trained on. */
function heldOutIds(model: LoadedModel): number[] {
  const beginnings = readHeldOut().documents.slice(0, 8);
  return beginnings.flatMap(({ text }) => model.tokenizer.encode(text.slice(0, 1000)).slice(0, PLACE));
}

/** Over greedy continuations of the beginnings. */
async function acceptance(model: LoadedModel, layer: number, text: readonly number[]): Promise<number> {
  const counter = new SpeculationCounter();
  const exit = await model.openExit(layer);
  for (let i = 0; i < 8; i++) {
    const pair = exit.openPair({ attention: [], hidden: [] });
    const { target, draft } = pair;
    const steps = earlyExit.decode(target, {
      prompt: text.slice(i * PLACE, i * PLACE + 16),
      maxNewTokens: 40,
      endIds: model.endIds,
      sampling: { temperature: 0, topK: 0, topP: 1, minP: 0, seed: 1 },
      signal: { aborted: false },
      options: { layer, gamma: GAMMA },
      aids: { exit: { layer, layers: model.layers, draft } },
    });
    for await (const { speculation } of steps) if (speculation) counter.add(speculation);
    target.dispose();
    pair.dispose();
  }
  exit.release();
  return counter.summary.acceptanceRate ?? 0;
}
