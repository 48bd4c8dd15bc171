import type { Trace } from '../../core/trace/record';
import type { Handlers } from '../../protocol/call';
import { Problem } from '../../protocol/errors';
import type { ExplorerApi } from '../../protocol/explorer';
import type { RolledModel, Rollouts } from '../life/rollouts';
import { rolloutFile } from '../life/rolloutFile';
import { l10n } from '../l10n';
import { modelNotListed } from '../models/listed';
import type { ExplorerEditor } from './ports';
import type { RunTensors } from './tensors';

/**
 * Answers what the Life tab asks of the model of the run on show.
 *
 * @param traceOf the trace of a run; throws Problem `run-unknown` where it is not the one on show
 * @param beforeRoll throws where nothing may run now
 */
export function lifeRolloutRequests(
  rollouts: Rollouts,
  tensors: RunTensors,
  traceOf: (runId: string) => Trace,
  beforeRoll: () => void,
  save: ExplorerEditor['save'],
): Pick<Handlers<ExplorerApi>, 'rollLife' | 'saveRollout'> {
  return {
    rollLife: async ({ runId, ...request }, { signal, emit }) => {
      beforeRoll();
      const trace = traceOf(runId);
      const ref = await tensors.modelOf(trace);
      if (!ref) throw modelNotListed(trace.header.model.folder);
      return rollouts.roll({ ...factsOf(trace), ref }, request, signal, emit);
    },
    saveRollout: async ({ runId, ...request }) => {
      const trace = traceOf(runId);
      const { folder, file } = trace.header.model;
      return { path: await save(rolloutFile({ ...factsOf(trace), ref: { folder, file } }, request)) };
    },
  };
}

function factsOf({ header }: Trace): Omit<RolledModel, 'ref'> {
  const { name, dtype, life: grid } = header.model;
  if (!grid) throw new Problem({ code: 'not-available', message: l10n.t('{0} is no model of Life.', name) });
  return { name, dtype, grid };
}
