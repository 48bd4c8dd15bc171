/**
 * The engine: the one process that runs models. Started by `src/client` with a channel for messages; it ends with it.
 *
 * Environment: `VIVARIUM_TENSOR_BUDGET_MB`, megabytes of tensors that are kept over all runs (see `tensors/plan.ts`).
 */
import { setFlagsFromString } from 'node:v8';
import type { EngineApi } from '../protocol/engine';

import { Problem } from '../protocol/errors';
import { ENGINE_PROTOCOL, HELLO, MEMORY, readHello } from '../protocol/handshake';
import { packedMessage } from '../protocol/packedTrace';
import { isRpcMessage, RpcServer, type RpcMessage } from '../protocol/rpc';
import { engineHandlers } from './api';
import { MemoryWatch } from './memoryWatch';
import { ModelStore, onnxruntimeVersion } from './model';
import { folderModels } from './models';
import { ownVersion } from './ownVersion';
import { TurnQueue } from './queue';
import { RunStore } from './run/runStore';
import { TENSOR_BUDGET_BYTES } from './tensors/plan';

/** How long requests may take to clean up once the other side is gone. */
const FAREWELL_MILLISECONDS = 500;

// Every pass leaves megabytes of outputs behind, outside the JavaScript heap but counted with it: beside a heap of 10 MB they
// make V8 collect all of it every few dozen passes, with threads of its own that the pass then lacks (a sixth of the time of a
// small model). With a heap that may grow to eleven times what lives before that, scavenges alone free them.
setFlagsFromString('--heap-growing-percent=1000');

const queue = new TurnQueue();
const budget = tensorBudget(process.env['VIVARIUM_TENSOR_BUDGET_MB']);
const runs = new RunStore(budget);
const store = new ModelStore();
const memory = new MemoryWatch({
  resident: () => process.memoryUsage.rss(),
  models: () => store.bytes,
  tensors: () => runs.bytes,
  clock: () => performance.now(),
});
const handlers = engineHandlers({
  models: folderModels(store, budget),
  runs,
  queue,
  software: {
    vivarium: ownVersion(),
    onnxruntime: onnxruntimeVersion,
    node: process.versions.node,
    platform: `${process.platform}-${process.arch}`,
  },
});

const server = new RpcServer<EngineApi>({ post }, handlers, {
  onError: (method, problem) => {
    if (problem.code === 'cancelled') return;
    // To stdout: what stands in stderr is taken for the last words of a crash.
    process.stdout.write(`${method}: ${problem.code}: ${problem.message}\n`);
    if (problem.details !== undefined) process.stdout.write(`${problem.details}\n`);
  },
  onReply: (method) => {
    const report = memory.after(method);
    if (report) post({ rpc: 'notify', name: MEMORY, data: report });
  },
});
/** Why requests are refused: until the client has said hello, and where it speaks another version. */
let refusal: Problem | undefined = new Problem({ code: 'engine-version', message: 'The client has not said hello.' });

process.on('message', (message: unknown) => {
  if (!isRpcMessage(message)) return;
  if (message.rpc === 'notify' && message.name === HELLO) welcome(readHello(message.data));
  else if (refusal && message.rpc === 'request') {
    post({ rpc: 'reply', id: message.id, ok: false, problem: refusal.toData() });
  } else server.receive(message);
});
// Ctrl-C in a terminal reaches the whole group: whoever started the engine decides what becomes of it.
process.on('SIGINT', () => undefined);
process.on('disconnect', () => {
  server.abortAll();
  const end = (): void => process.exit(0);
  setTimeout(end, FAREWELL_MILLISECONDS);
  const endWhenDone = (): void => void (server.pending === 0 ? end() : setTimeout(endWhenDone, 10));
  endWhenDone();
});
post({ rpc: 'notify', name: HELLO, data: { protocol: ENGINE_PROTOCOL } });

function post(message: RpcMessage): void {
  // Where the other side is gone there is nobody to tell; `disconnect` ends the process.
  process.send?.(packedMessage(message), undefined, undefined, () => undefined);
}

function welcome(protocol: number | undefined): void {
  refusal =
    protocol === ENGINE_PROTOCOL
      ? undefined
      : new Problem({
          code: 'engine-version',
          message: `The client speaks version ${protocol ?? 'unknown'} of the protocol and the engine version ${ENGINE_PROTOCOL}.`,
        });
}

function tensorBudget(megabytes: string | undefined): number {
  const given = Number(megabytes);
  return Number.isFinite(given) && given > 0 ? given * 1024 ** 2 : TENSOR_BUDGET_BYTES;
}
