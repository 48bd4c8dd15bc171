import type { Trace } from '../../core/trace/record';
import type { ModelRef, ModelSummary } from '../../protocol/models';
import { runDefaults } from '../../core/life/prompt';
import { serverKey } from '../servers/entry';
import type { ExplorerSettings } from '../../protocol/explorerState';

/** The controls of a fresh Explorer, with two numbers of the user's: what is no such number is the default. */
export function freshSettings(set: {
  readonly temperature?: unknown;
  readonly maxNewTokens?: unknown;
}): ExplorerSettings {
  return {
    model: null,
    decoder: 'autoregressive',
    decoderOptions: {},
    draft: null,
    sampling: { temperature: within(set.temperature, 0, 10, 0.7), topK: 0, topP: 1, minP: 0, seed: 1 },
    maxNewTokens: Math.round(within(set.maxNewTokens, 0, 100_000, 40)),
    prompt: '',
  };
}

function within(value: unknown, low: number, high: number, fallback: number): number {
  return typeof value === 'number' && value >= low && value <= high ? value : fallback;
}

/** The settings that make a run again. */
export function settingsOf({ header, tokens }: Trace): ExplorerSettings {
  const { model, decoder, sampling, maxNewTokens, promptText, promptLength } = header;
  const ids = tokens.slice(0, promptLength).map(({ id }) => id);
  if (model.server) {
    const folder = serverKey({ address: model.server.address, model: model.name });
    return {
      ...{ model: { folder, file: model.name }, decoder: 'autoregressive', decoderOptions: {}, draft: null },
      ...{ sampling, maxNewTokens, prompt: promptText ?? '' },
    };
  }
  return {
    model: { folder: model.folder, file: model.file },
    decoder: decoder.name,
    decoderOptions: decoder.options ? { [decoder.name]: decoder.options } : {},
    draft: decoder.draft ? { folder: decoder.draft.folder, file: decoder.draft.file } : null,
    sampling,
    maxNewTokens,
    prompt: promptText ?? ids.join(', '),
  };
}

/**
 * The settings that make a run again here: with its own model where that is among these, else with one of its name and task, as
 * where the trace was made on another machine.
 */
export function againSettings(trace: Trace, models: readonly ModelSummary[]): ExplorerSettings {
  const settings = settingsOf(trace);
  const { server } = trace.header.model;
  const here = (of: Pick<ModelSummary, 'name' | 'folder' | 'file'>, wanted: ModelSummary['kind']): ModelRef => {
    const listed = models.some(({ folder }) => folder === of.folder);
    const found = listed ? undefined : models.find(({ name, kind }) => name === of.name && kind === wanted);
    if (!found) return { folder: of.folder, file: of.file };
    const file = found.variants.find((variant) => variant.file === of.file)?.file ?? found.file;
    return { folder: found.folder, file };
  };
  if (server) return settings;
  const { model, decoder } = trace.header;
  return {
    ...settings,
    model: here(model, model.task),
    draft: decoder.draft ? here(decoder.draft, decoder.draft.task) : null,
  };
}

/** Where no model is chosen yet, the first that fits the prompt: a Life model for its own grammar, else a text model. */
export function withModel(settings: ExplorerSettings, models: readonly ModelSummary[]): ExplorerSettings {
  if (settings.model) return settings;
  const usable = models.filter((model) => !model.problem);
  const opening = (model: ModelSummary): string | undefined => model.life?.prompt.split('{cells}')[0];
  const model =
    usable.find((candidate) => opening(candidate) && settings.prompt.startsWith(opening(candidate) ?? '')) ??
    usable.find((candidate) => candidate.kind === 'text' && candidate.role === 'target') ??
    usable[0];
  if (!model) return settings;
  return { ...settings, model: { folder: model.folder, file: model.file }, ...runDefaults(model, settings) };
}
