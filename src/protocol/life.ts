import type { LifeWriter } from '../core/life/ask';
import type { Sampling } from '../core/decode/sampling';
import type { Caller } from './call';
import { MEASURED_CAPTURE, measuredRun, type MeasuredRunOptions } from './compare';
import type { EngineApi } from './engine';
import type { ModelRef } from './models';
import type { RunRequest } from './runs';

const GREEDY: Sampling = { temperature: 0, topK: 0, topP: 1, minP: 0, seed: 0 };
/** Most that a draft may be long: an answer of 64 x 64 cells is verified in one pass. */
const MOST_DRAFTED = 4096;

export interface LifeWriterOptions extends Omit<MeasuredRunOptions, 'onEvents'> {
  /** What finds the tokens, in the place of the fastest exact one. */
  readonly decoding?: Pick<RunRequest, 'decoder' | 'decoderOptions' | 'draft'>;
  /** The events of each run, from its header on. */
  readonly onEvents?: MeasuredRunOptions['onEvents'];
}

/**
 * A Life model of an engine. What it writes is what `autoregressive` would at temperature 0: where no other decoder is asked
 * for, the exact rule drafts it, so that it takes one pass where the model is right and one more for each cell that it says
 * otherwise.
 * @param id begins the names of its runs, each of which the engine forgets at once.
 */
export function lifeWriter(
  engine: Caller<EngineApi>,
  model: ModelRef,
  id: string,
  options: LifeWriterOptions,
): LifeWriter {
  let runs = 0;
  const decoding = options.decoding ?? { decoder: 'exact-rule', decoderOptions: { gamma: MOST_DRAFTED } };
  return {
    write: async (text, maxNewTokens) => {
      let written = '';
      const request = {
        ...{ runId: `${id}-${runs++}`, model, prompt: { text }, sampling: GREEDY, maxNewTokens },
        ...{ ...decoding, capture: MEASURED_CAPTURE },
      };
      await measuredRun(engine, request, {
        ...options,
        onEvents: (events) => {
          options.onEvents?.(events);
          // The end of an answer may be a special token, which stands for no bytes but is part of the template.
          for (const event of events) if (event.type === 'token' && event.origin !== 'prompt') written += event.text;
        },
      });
      return written;
    },
    countTokens: async (text) => {
      const { signal, priority } = options;
      const called = { signal, ...(priority ? { priority } : {}) };
      return (await engine.call('tokenize', { model, text }, called)).tokens.length;
    },
  };
}
