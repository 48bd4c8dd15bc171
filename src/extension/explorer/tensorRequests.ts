import type { Trace } from '../../core/trace/record';
import type { Handlers } from '../../protocol/call';
import type { EngineApi } from '../../protocol/engine';
import { Problem } from '../../protocol/errors';
import { runQuestions, type RunQuestion } from '../../protocol/questions';
import { runId } from '../../protocol/bounds';
import type { RunTensors } from './tensors';

/**
 * Answers what the views ask of the run on show.
 *
 * @param traceOf the trace of a run; throws Problem `run-unknown` where it is not the one on show
 */
export function tensorRequests(
  tensors: RunTensors,
  traceOf: (runId: string) => Trace,
): Handlers<Pick<EngineApi, RunQuestion>> {
  const ask =
    <M extends RunQuestion>(method: M): Handlers<Pick<EngineApi, M>>[M] =>
    (params, { signal, emit }) => {
      const trace = traceOf(params.runId);
      refuseOfServer(trace);
      return tensors.call(trace, method, params, { signal, onEvent: emit });
    };
  const methods = Object.keys(runQuestions(runId)) as RunQuestion[];
  return Object.fromEntries(methods.map((method) => [method, ask(method)])) as unknown as Handlers<
    Pick<EngineApi, RunQuestion>
  >;
}

/** @throws Problem `not-available` where a server ran the model: nothing but what it told is known of the run. */
function refuseOfServer({ header }: Trace): void {
  const { server } = header.model;
  if (!server) return;
  throw new Problem({
    code: 'not-available',
    message: `${header.model.name} ran on the server at ${server.address}, which gives no attention, hidden states or logits.`,
    action: 'Run the prompt with a model of this machine to see them.',
  });
}
