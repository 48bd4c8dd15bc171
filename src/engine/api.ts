import type { Handlers, RequestSignal } from '../protocol/call';
import { ENGINE, type EngineApi, type EngineInfo } from '../protocol/engine';
import { ENGINE_PROTOCOL } from '../protocol/handshake';
import {
  type MemoryEstimate,
  type ModelRef,
  type ModelReport,
  type ModelRoot,
  type ModelSummary,
} from '../protocol/models';
import { type RunRequest } from '../protocol/runs';
import { served } from '../protocol/request';
import { requestProblem } from './coreProblem';
import type { ModelTokenizer } from './model/types';
import type { TurnQueue, Urgency } from './queue';
import { RunAttention } from './run/attention';
import { KeptStates } from './run/decoding';
import { logitLens } from './run/logitLens';
import { nextLogits } from './run/nextLogits';
import { restoreRun } from './run/restore';
import { runPrompt, type RunServices } from './run/run';
import type { RunStore } from './run/runStore';
import { RunTensors } from './run/runTensors';
import type { LoadModel, Waiting } from './run/waiting';
import { inspectServer, serverMetrics, tokenizeOnServer } from './server/asking';
import { runServer } from './server/run';
import { saveTensors } from './run/saveTensors';

/** What the handlers need of model folders. */
export interface Models {
  readonly load: LoadModel;
  readonly list: (roots: readonly ModelRoot[]) => Promise<readonly ModelSummary[]>;
  readonly inspect: (ref: ModelRef) => Promise<ModelReport>;
  readonly estimate: (run: RunRequest) => Promise<MemoryEstimate>;
  /** The folder's tokenizer alone: no session is opened. */
  readonly tokenizer: (ref: ModelRef) => Promise<ModelTokenizer>;
  /** Sessions that are open. */
  readonly sessions: () => EngineInfo['sessions'];
}

export interface EngineServices {
  readonly models: Models;
  readonly runs: RunStore;
  readonly queue: TurnQueue;
  readonly software: RunServices['software'];
}

/** One handler a method of the engine; parameters are checked before any sees them. */
export function engineHandlers({ models, runs, queue, software }: EngineServices): Handlers<EngineApi> {
  const tensors = new RunTensors(models.load, runs);
  const attention = new RunAttention(tensors);
  const kept = new KeptStates();
  /** What someone looks at goes before runs, and runs before scans. */
  const waiting = (signal: RequestSignal, urgency: Urgency = 'interactive'): Waiting => ({
    turn: queue.task(signal.priority === 'background' ? 'background' : urgency, signal),
    signal,
  });

  const handlers: Handlers<EngineApi> = {
    info: () => ({
      pid: process.pid,
      protocol: ENGINE_PROTOCOL,
      onnxruntime: software.onnxruntime,
      node: process.versions.node,
      memory: process.memoryUsage.rss(),
      sessions: models.sessions(),
    }),
    listModels: ({ roots }) => models.list(roots),
    inspectModel: ({ model }) => models.inspect(model),
    estimate: ({ run }) => models.estimate(run),
    tokenize: async ({ model, text }) => {
      const tokenizer = await models.tokenizer(model);
      return { tokens: text === '' ? [] : tokenizer.describe(tokenizer.encode(text)) };
    },
    encodeText: async ({ model, text, special }) => {
      const tokenizer = await models.tokenizer(model);
      const ids = tokenizer.encode(text, { special });
      return { ids, tokens: ids.map((id) => tokenizer.spell(id) ?? `[${id}]`) };
    },
    describeTokens: async ({ model, ids }) => ({ tokens: (await models.tokenizer(model)).describe(ids) }),
    run: (request, { signal, emit }) => {
      const { turn } = waiting(signal, 'run');
      return runPrompt(request, { load: models.load, runs, turn, kept, software }, { signal, emit });
    },
    inspectServer: (request, { signal }) => inspectServer(request, signal),
    tokenizeOnServer: (request, { signal }) => tokenizeOnServer(request, signal),
    runServer: (request, context) => runServer(request, software, context),
    serverMetrics: (request, { signal }) => serverMetrics(request, signal),
    restoreRun: (request) => restoreRun(request, { inspect: models.inspect, runs }),
    closeRun: ({ runId }) => {
      runs.close(runId);
      return null;
    },
    saveTensors: ({ runId, path }, { signal }) => saveTensors(runs.get(runId), path, tensors, waiting(signal, 'run')),
    positionLogits: ({ runId, index }, { signal }) => tensors.positionLogits(runs.get(runId), index, waiting(signal)),
    nextLogits: (request, { signal }) => nextLogits(request, models.load, waiting(signal)),
    attentionOverview: ({ runId, size, without = [] }, { signal, emit }) =>
      attention.overview(runs.get(runId), { size, without }, waiting(signal), emit),
    attentionHead: ({ runId, layer, head, without = [] }, { signal }) =>
      attention.head(runs.get(runId), { layer, head, without }, waiting(signal)),
    attentionRow: ({ runId, layer, head, query, without = [] }, { signal }) =>
      attention.row(runs.get(runId), { layer, head, query, without }, waiting(signal)),
    attentionPair: ({ runId, query, key, without = [] }, { signal }) =>
      attention.pair(runs.get(runId), { query, key, without }, waiting(signal)),
    logitLens: (request, { signal, emit }) =>
      logitLens(runs.get(request.runId), request, tensors, waiting(signal), emit),
    attentionKeys: ({ runId, query, from, count }, { signal }) =>
      attention.keys(runs.get(runId), query, { from, count }, waiting(signal)),
    gridAttention: ({ runId, ...grid }, { signal, emit }) =>
      attention.grid(runs.get(runId), grid, waiting(signal), emit),
  };
  return served(ENGINE, handlers, requestProblem);
}
