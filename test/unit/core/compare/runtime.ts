import type { CompareRuntime, ComparedRunRequest } from '../../../../src/core/compare/compare';
import type { ComparedDecoder } from '../../../../src/core/compare/comparison';
import type { OptionValues } from '../../../../src/core/decode/options';
import { findDecoder } from '../../../../src/core/decode/registry';
import type { TraceEvent, TraceHeader } from '../../../../src/core/trace/record';
import type { Sampling } from '../../../../src/core/decode/sampling';
import { TraceRecorder } from '../../../../src/core/trace/recorder';
import { GREEDY, randomChain } from '../../../harness/decoding';

const VOCABULARY = 5;

export function entry(decoder: string, options: OptionValues = {}): ComparedDecoder {
  return { decoder, options, exact: findDecoder(decoder)?.exact ?? true };
}

/** Milliseconds that each pass of the target and each pass of the draft takes. */
export interface Pace {
  readonly target: number;
  readonly draft: number;
}

/**
 * The engine's part over tables of probabilities: real decoders, a real recorder, and a clock that the test sets. A pass of the
 * target is slower by `slowness` of its round.
 */
export class TableRuntime implements CompareRuntime<ComparedDecoder> {
  /** What was run, in order: `decoder round/tokens`. */
  readonly log: string[] = [];
  /** Called before each run: what it throws is what the run throws. */
  before: (decoder: string, run: ComparedRunRequest) => void = () => undefined;
  private made = 0;

  constructor(
    private readonly pace: Pace = { target: 10, draft: 2 },
    private readonly sampling: Sampling = GREEDY,
    private readonly slowness: (round: number, decoder: string) => number = () => 1,
    private readonly idOf: (run: number) => string = (run) => `run ${run}`,
  ) {}

  async run(
    { decoder: name, options }: ComparedDecoder,
    run: ComparedRunRequest,
    onEvents: (events: readonly TraceEvent[]) => void,
  ): Promise<void> {
    this.log.push(`${name} ${run.round}/${run.maxNewTokens}`);
    this.before(name, run);
    let now = 0;
    const target = randomChain(VOCABULARY, { seed: 7 });
    const draft = randomChain(VOCABULARY, { seed: 7, peak: 3 });
    const slowly = this.slowness(run.round, name);
    const paced = (model: typeof target, milliseconds: number): typeof target => {
      const extend = model.extend.bind(model);
      model.extend = (tokens) => {
        now += milliseconds * slowly;
        return extend(tokens);
      };
      return model;
    };
    const decoder = findDecoder(name)!;
    const needsDraft = decoder.needs.includes('draft');
    const header: TraceHeader = { ...HEADER, id: this.idOf(++this.made), sampling: this.sampling };
    const { maxNewTokens } = run;
    onEvents([
      {
        ...header,
        maxNewTokens,
        decoder: { name, exact: decoder.exact, ...(needsDraft ? { draft: HEADER.model } : {}) },
      },
    ]);
    const recorder = new TraceRecorder({
      describe: (ids) => ids.map((id) => ({ text: 'abcde'[id]!, bytes: [97 + id], special: false })),
      clock: () => now,
      drafts: decoder.drafts,
    });
    const steps = decoder.decode(paced(target, this.pace.target), {
      prompt: [0, 1],
      maxNewTokens,
      endIds: [],
      sampling: this.sampling,
      signal: { aborted: false },
      clock: () => now,
      options,
      aids: needsDraft ? { draft: paced(draft, this.pace.draft) } : {},
    });
    for (;;) {
      const step = await steps.next();
      if (step.done) return onEvents([recorder.summary(step.value)]);
      onEvents([...recorder.record(step.value)]);
    }
  }

  problemOf(error: unknown): { message: string } | null {
    const { message } = error as Error;
    return message === 'stopped' ? null : { message };
  }
}

const HEADER: TraceHeader = {
  type: 'header',
  version: 2,
  id: '',
  createdAt: '2026-01-02T03:04:05.000Z',
  software: { vivarium: '0.1.0', onnxruntime: '1.30.0', node: '20.20.2', platform: 'linux-x64' },
  model: {
    name: 'table',
    folder: '/models/table',
    file: 'model.onnx',
    sha256: 'ab'.repeat(32),
    dtype: 'fp32',
    architecture: 'markov',
    task: 'text',
    layers: 1,
    heads: 1,
    vocabularySize: VOCABULARY,
    contextLength: null,
  },
  sequence: { form: 'causal' },
  tokenizer: 'tokenizer.json',
  promptLength: 2,
  decoder: { name: '', exact: true },
  sampling: GREEDY,
  maxNewTokens: 0,
  endIds: [],
  capture: { attention: [], hidden: [], logits: false },
};
