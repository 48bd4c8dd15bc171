import * as path from 'node:path';
import {
  applyEdits,
  findDecoder,
  openFileSource,
  planProbes,
  readOnnx,
  type ByteSource,
} from '../../src/engine/graph/index';

export interface ProbeResult {
  readonly fileBytes: number;
  readonly insertedBytes: number;
  readonly replacedBytes: number;
  /** Bytes of the file that were read to plan the probes: the graph without its weights. */
  readonly planningBytes: number;
  readonly planningSeconds: number;
  /** Bytes of the file that were copied into the graph that onnxruntime is given: no large weight is among them. */
  readonly copiedBytes: number;
  readonly attention: number;
  readonly hidden: number;
}

/** Adds every probe to a file and counts the bytes that this reads and copies, as the engine does it. */
export function measureProbes(folder: string, file: string): ProbeResult {
  const source = openFileSource(path.join(folder, file));
  let read = 0;
  const counted: ByteSource = {
    name: source.name,
    size: source.size,
    readInto: (target, targetOffset, offset, length) => {
      read += length;
      source.readInto(target, targetOffset, offset, length);
    },
  };
  try {
    const started = performance.now();
    const model = readOnnx(counted);
    const everything = { attention: 'all', hidden: 'all', logits: true } as const;
    const plan = planProbes(model, everything, findDecoder(model), { from: path.basename(file) });
    const planningSeconds = (performance.now() - started) / 1000;
    const planningBytes = read;
    read = 0;
    applyEdits(counted, plan.edits);
    return {
      fileBytes: source.size,
      insertedBytes: plan.insertedBytes,
      replacedBytes: plan.replacedBytes,
      planningBytes,
      planningSeconds,
      copiedBytes: read,
      attention: plan.attention.length,
      hidden: plan.hidden.length,
    };
  } finally {
    source.close();
  }
}
