import type { Decoder, DecoderAids, EmbeddingMatrix, KeptState, LifeTask } from '../../core/decode/decoder';
import { exitLayer } from '../../core/decode/early-exit';
import { chooseOptions, type OptionValues } from '../../core/decode/options';
import { DECODERS, findDecoder } from '../../core/decode/registry';
import { lifeAnswer, readLifePrompt } from '../../core/life/prompt';
import { parseRule } from '../../core/life/rule';
import type { RunRequest } from '../../protocol/runs';
import { Problem } from '../../protocol/errors';
import type { ExitPair, LoadedModel, OpenExit, Sequence, SequenceOptions } from '../model/types';

/** The decoder of a run with its options, checked before any model is loaded. */
export interface ChosenDecoder {
  readonly decoder: Decoder;
  readonly options: OptionValues;
}

/**
 * @throws Problem `bad-request` where there is no such decoder, or where a draft model is missing or would not be used.
 * @throws CoreError `option-invalid`.
 */
export function chooseDecoder(request: RunRequest): ChosenDecoder {
  const decoder = findDecoder(request.decoder);
  if (!decoder) {
    const names = DECODERS.map(({ name }) => `"${name}"`).join(', ');
    throw new Problem({
      code: 'bad-request',
      message: `There is no decoder named "${request.decoder}".`,
      action: `Choose one of ${names}.`,
    });
  }
  const needsDraft = decoder.needs.includes('draft');
  if (needsDraft && !request.draft) {
    throw new Problem({
      code: 'bad-request',
      message: `The decoder "${decoder.name}" needs a draft model.`,
      action: 'Choose a smaller model with the same vocabulary as draft.',
    });
  }
  if (!needsDraft && request.draft) {
    throw new Problem({
      code: 'bad-request',
      message: `The decoder "${decoder.name}" uses no draft model.`,
      action: 'Leave the draft model out, or choose a decoder that drafts with one, such as "speculative".',
    });
  }
  return { decoder, options: chooseOptions(decoder.options, request.decoderOptions) };
}

/** State that decoders keep between runs, of each pair of models. */
export class KeptStates {
  private readonly states = new Map<string, KeptState>();

  of(target: LoadedModel, draft: LoadedModel): KeptState {
    const key = [target, draft].flatMap(({ ref }) => [ref.folder, ref.file]).join('\n');
    const state = this.states.get(key) ?? {};
    this.states.set(key, state);
    return state;
  }
}

/** A decoder's options with what depends on the model, and the model's parts where it drafts with them. */
export interface ChosenExit {
  readonly options: OptionValues;
  /** Null where the decoder leaves the model whole. */
  readonly exit: OpenExit | null;
}

/**
 * Cuts the model where the decoder drafts with its lower layers.
 * @throws CoreError `option-invalid` where it has fewer layers; Problem `not-available` where it cannot be cut there.
 */
export async function openExit({ decoder, options }: ChosenDecoder, target: LoadedModel): Promise<ChosenExit> {
  if (!decoder.needs.includes('exit')) return { options, exit: null };
  const layer = exitLayer(Number(options.layer), target.layers);
  return { options: { ...options, layer }, exit: await target.openExit(layer) };
}

/** What a run's decoder needs; `dispose` when the run is over. */
export interface OpenAids {
  /** Beside the target. With the target's own layers once it is open. */
  readonly aids: DecoderAids;
  /** The sequence that the decoder runs on. Call it once. */
  openTarget(options: SequenceOptions): Sequence;
  dispose(): void;
}

/**
 * Opens what the decoder needs.
 * @throws Problem `vocabulary-mismatch`, `not-available` where the model has no embeddings, `prompt-invalid` where the
 *         decoder is for grids and the prompt holds none.
 */
export function openAids(
  { needs, uses = [], name }: Decoder,
  target: LoadedModel,
  draft: LoadedModel | null,
  ids: readonly number[],
  kept: KeptStates,
  exit: OpenExit | null = null,
): OpenAids {
  if (draft) checkVocabulary(target, draft);
  const embeddings = needs.includes('embeddings') ? embeddingsOf(target, name) : undefined;
  const life = needs.includes('life')
    ? (lifeTask(target, ids) ?? refuseWithoutGrid(target, name))
    : uses.includes('life')
      ? lifeTask(target, ids)
      : undefined;
  const sequence: Sequence | undefined = draft?.openSequence({ attention: [], hidden: [] });
  let pair: ExitPair | null = null;
  return {
    get aids() {
      return {
        ...(draft && sequence ? { draft: sequence, kept: kept.of(target, draft) } : {}),
        ...(embeddings ? { embeddings } : {}),
        ...(life ? { life } : {}),
        ...(exit && pair ? { exit: { layer: exit.layer, layers: target.layers, draft: pair.draft } } : {}),
      };
    },
    openTarget: (options) => {
      pair = exit?.openPair(options) ?? null;
      return pair?.target ?? target.openSequence(options);
    },
    dispose: () => {
      sequence?.dispose();
      pair?.dispose();
      exit?.release();
    },
  };
}

/** Ids whose texts are compared: enough to tell tokenizers apart, few enough to take no time. */
const COMPARED_IDS = 256;

/** The same number of tokens, and the same ones as far as a sample tells. */
function checkVocabulary(target: LoadedModel, draft: LoadedModel): void {
  const refuse = (message: string): never => {
    throw new Problem({
      code: 'vocabulary-mismatch',
      message,
      action: 'Choose a draft model with the same tokenizer as the model.',
    });
  };
  const size = target.identity.vocabularySize;
  if (draft.identity.vocabularySize !== size) {
    refuse(
      `The draft model ${draft.identity.name} knows ${draft.identity.vocabularySize} tokens, and ${target.identity.name} knows ${size}.`,
    );
  }
  if (target.tokenizer.kind === 'none' || draft.tokenizer.kind === 'none') return;
  const count = Math.min(size, COMPARED_IDS);
  const ids = Array.from({ length: count }, (_, i) => Math.floor((i * size) / count));
  const [own, other] = [target, draft].map(({ tokenizer }) => tokenizer.describe(ids));
  const differs = ids.findIndex((_, i) => own?.[i]?.text !== other?.[i]?.text);
  if (differs >= 0) {
    const [a, b] = [own, other].map((tokens) => JSON.stringify(tokens?.[differs]?.text));
    refuse(`Token ${ids[differs]} is ${a} for ${target.identity.name} and ${b} for its draft ${draft.identity.name}.`);
  }
}

function embeddingsOf(target: LoadedModel, decoder: string): EmbeddingMatrix {
  const embeddings = target.embeddings();
  if (!embeddings) {
    throw new Problem({
      code: 'not-available',
      message: `The decoder "${decoder}" compares token embeddings, and ${target.ref.file} holds none that can be read.`,
      action: 'Use a float32 or float16 file of the model, or another decoder.',
    });
  }
  return embeddings;
}

/** The grid that the prompt is about; undefined where it is about none. */
function lifeTask(target: LoadedModel, ids: readonly number[]): LifeTask | undefined {
  const { life: grid } = target.identity;
  if (!grid) return undefined;
  const text = target.tokenizer.kind === 'none' ? '' : target.tokenizer.decode(ids);
  const prompt = readLifePrompt(text, grid);
  if (!prompt) return undefined;
  parseRule(grid.rule);
  const question = text.slice(0, text.length - prompt.answered.length);
  const questionLength = target.tokenizer.encode(question).length;
  return {
    grid,
    cells: prompt.cells,
    answered: ids.length - questionLength,
    answer: (cells) => target.tokenizer.encode(question + lifeAnswer(cells, grid)).slice(questionLength),
  };
}

function refuseWithoutGrid({ identity: { life: grid } }: LoadedModel, decoder: string): never {
  throw new Problem({
    code: 'prompt-invalid',
    message: grid
      ? `The decoder "${decoder}" needs a prompt with a grid of ${grid.width} x ${grid.height} cells in the model's form.`
      : `The decoder "${decoder}" is for models of the Game of Life.`,
    action: grid ? `Write the prompt as ${grid.prompt}` : 'Choose another decoder, or a Life model.',
  });
}
