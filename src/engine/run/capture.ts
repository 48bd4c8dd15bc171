import { givenLayers, type ProbeAnswer } from '../../protocol/models';
import type { CaptureRequest } from '../../protocol/runs';
import { Problem } from '../../protocol/errors';
import type { LoadedModel } from '../model/types';

/** What a run records beside its tokens, and what was wished for but cannot be had. */
export interface ChosenCapture {
  readonly attention: readonly number[];
  readonly hidden: readonly number[];
  readonly logits: boolean;
  /** One sentence each. */
  readonly notes: readonly string[];
}

/** Why a model's attention cannot be shown, as a sentence; null where it can. */
export function noAttention({ probes: { attention } }: LoadedModel): string | null {
  return attention.available ? null : `This model file cannot give attention: ${attention.how}`;
}

/**
 * What of a request the model can give. What it cannot give of `all` is noted.
 * @throws Problem `bad-request` for a layer that does not exist, `not-available` for one that was named and cannot be had.
 */
export function chooseCapture(model: LoadedModel, request: CaptureRequest): ChosenCapture {
  const notes: string[] = [];
  const choose = (
    wanted: CaptureRequest['attention'],
    count: number,
    what: string,
    answer: ProbeAnswer,
  ): readonly number[] => {
    const { available, how, missing = [] } = answer;
    if (wanted !== 'all') {
      const outside = wanted.find((layer) => layer >= count);
      if (outside !== undefined) {
        throw new Problem({
          code: 'bad-request',
          message: `There is no ${what} ${outside}: the model has 0 to ${count - 1}.`,
        });
      }
      if (wanted.length > 0 && !available) {
        throw new Problem({ code: 'not-available', message: `This model file cannot give ${what}s: ${how}` });
      }
      const absent = missing.find(({ layer }) => wanted.includes(layer));
      if (absent) throw new Problem({ code: 'not-available', message: absent.reason });
      return [...new Set(wanted)].sort((a, b) => a - b);
    }
    if (available) return givenLayers(answer, count);
    notes.push(`This model file cannot give ${what}s: ${how}`);
    return [];
  };
  return {
    attention: choose(request.attention, model.layers, 'attention of layer', model.probes.attention),
    hidden: choose(request.hidden, model.layers + 1, 'hidden state', model.probes.hidden),
    logits: request.logits && model.probes.logits.available,
    notes,
  };
}
