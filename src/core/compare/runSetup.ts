import type { Trace } from '../trace/record';

/** One thing that runs are made with, in words. */
export interface SetupLine {
  readonly name: string;
  readonly a: string;
  readonly b: string;
  readonly same: boolean;
}

/** What two runs were made with, side by side; empty where a run has no such thing. */
export function setupLines(a: Trace, b: Trace): readonly SetupLine[] {
  const [of, other] = [setupOf(a), setupOf(b)];
  return [...of].map(([name, value]) => {
    const there = other.get(name) ?? '';
    return { name, a: value, b: there, same: value === there };
  });
}

function setupOf({ header }: Trace): ReadonlyMap<string, string> {
  const { model, decoder, sampling, promptText, software } = header;
  return new Map([
    ['model', model.name],
    ['where', model.server ? model.server.address : 'this machine'],
    ['weights', [model.dtype, model.sha256.slice(0, 12)].filter((part) => part !== '').join(', ')],
    ['prompt', promptText ?? `${header.promptLength} token ids`],
    ['decoder', decoder.name],
    [
      'options',
      Object.entries(decoder.options ?? {})
        .map(([name, value]) => `${name} ${value}`)
        .join(', '),
    ],
    ['draft', decoder.draft?.name ?? ''],
    ['temperature', String(sampling.temperature)],
    ['top-k', sampling.topK === 0 ? 'off' : String(sampling.topK)],
    ['top-p', sampling.topP === 1 ? 'off' : String(sampling.topP)],
    ['min-p', sampling.minP === 0 ? 'off' : String(sampling.minP)],
    ['seed', String(sampling.seed)],
    ['most new tokens', String(header.maxNewTokens)],
    ['software', [software.vivarium, software.onnxruntime].filter((part) => part !== '').join(', ')],
  ]);
}
