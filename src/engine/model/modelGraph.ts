import { statSync } from 'node:fs';
import { join } from 'node:path';
import type { ProbeReport } from '../../protocol/models';
import {
  type DecoderAnatomy,
  type ExternalFile,
  findDecoder,
  modelSize,
  type OnnxModel,
  openFileSource,
  planProbes,
  readOnnx,
  shapesElsewhere,
} from '../graph';
import { dtypeOf } from './dtype';
import { checkExternalData } from './externalData';
import { shapesInOtherFile } from './ortErrors';
import { probeReport } from './probeReport';

/** What a list needs to know of an ONNX file: small enough to keep for every file. */
export interface GraphFacts {
  readonly parameters: number;
  /** See {@link dtypeOf}. */
  readonly dtype: string;
  readonly layers: number;
  readonly heads: number | null;
  readonly vocabularySize: number | null;
  readonly probes: ProbeReport;
  readonly needs: readonly ExternalFile[];
  /** Bytes of the file itself. */
  readonly size: number;
}

/** An ONNX file as read, without its weights. */
export interface ModelGraph {
  /** Relative to the folder, as messages name it. */
  readonly file: string;
  readonly path: string;
  /** {@link fileStamp} of the file when it was read. */
  readonly stamp: string;
  /** Real paths of its external data, by the locations that the graph gives. */
  readonly externalFiles: ReadonlyMap<string, string>;
  readonly model: OnnxModel;
  readonly anatomy: DecoderAnatomy;
  readonly facts: GraphFacts;
  /** Bytes of the file and its external data. */
  readonly bytes: number;
}

/** Kept until the file changes. Of whole graphs only the last few: thousands of nodes take megabytes. */
class Kept<Value> {
  private readonly values = new Map<string, { readonly stamp: string; readonly value: Value }>();

  constructor(private readonly most: number) {}

  get(path: string, stamp: string): Value | undefined {
    const found = this.values.get(path);
    return found?.stamp === stamp ? found.value : undefined;
  }

  set(path: string, stamp: string, value: Value): void {
    this.values.delete(path);
    this.values.set(path, { stamp, value });
    for (const oldest of this.values.keys()) {
      if (this.values.size <= this.most) break;
      this.values.delete(oldest);
    }
  }
}

const graphs = new Kept<Pick<ModelGraph, 'model' | 'anatomy' | 'facts'>>(3);
const allFacts = new Kept<GraphFacts>(2000);

/** Differs when the file's content does. */
export function fileStamp(path: string): string {
  const { size, mtimeMs, ino } = statSync(path);
  return `${size} ${mtimeMs} ${ino}`;
}

/**
 * Reads the graph of a decoder.
 * @throws Problem `file`, `onnx-invalid`, `onnx-not-a-decoder`, `external-data`.
 */
export function readModelGraph(folder: string, file: string): ModelGraph {
  const path = join(folder, file);
  const stamp = fileStamp(path);
  let read = graphs.get(path, stamp);
  if (!read) {
    read = readGraph(path, file);
    graphs.set(path, stamp, read);
    allFacts.set(path, stamp, read.facts);
  }
  // External data is checked every time: its files change on their own.
  const external = checkExternalData(read.facts.needs, folder, file);
  return { file, path, stamp, externalFiles: external.files, ...read, bytes: read.facts.size + external.bytes };
}

/** Facts of a decoder's file, and the bytes of it and its external data. Fails like {@link readModelGraph}. */
export function readGraphFacts(folder: string, file: string): { facts: GraphFacts; bytes: number } {
  const path = join(folder, file);
  const stamp = fileStamp(path);
  let facts = allFacts.get(path, stamp);
  if (!facts) {
    ({ facts } = readGraph(path, file));
    allFacts.set(path, stamp, facts);
  }
  return { facts, bytes: facts.size + checkExternalData(facts.needs, folder, file).bytes };
}

function readGraph(path: string, file: string): Pick<ModelGraph, 'model' | 'anatomy' | 'facts'> {
  const source = openFileSource(path, file);
  let model: OnnxModel;
  try {
    model = readOnnx(source);
  } finally {
    source.close();
  }
  const elsewhere = shapesElsewhere(model);
  if (elsewhere !== null) throw shapesInOtherFile(file, elsewhere);
  const anatomy = findDecoder(model);
  const plan = planProbes(model, { attention: 'all', hidden: 'all', logits: true }, anatomy);
  const size = modelSize(model);
  const facts: GraphFacts = {
    parameters: size.parameters,
    dtype: dtypeOf(size),
    layers: anatomy.layers,
    heads: anatomy.heads,
    vocabularySize: anatomy.vocabularySize,
    probes: probeReport(plan, anatomy.layers),
    needs: size.externalFiles,
    size: model.size,
  };
  return { model, anatomy, facts };
}
