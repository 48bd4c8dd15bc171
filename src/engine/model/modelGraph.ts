import { statSync } from 'node:fs';
import { join } from 'node:path';
import type { Mixing } from '../../core/trace/record';
import { Problem, type ProblemData } from '../../protocol/errors';
import type { ProbeReport } from '../../protocol/models';
import {
  type DecoderAnatomy,
  type ExternalFile,
  findDecoder,
  modelSize,
  type OnnxModel,
  planProbes,
  shapesElsewhere,
} from '../graph';
import { ownBytes, readWhole } from './wholeGraph';
import { dtypeOf } from './dtype';
import { checkExternalData } from './externalData';
import type { MeasuredSizes } from './sizes';
import { shapesInOtherFile } from './ortErrors';
import { probeReport } from './probeReport';
import { type GraphSizes, graphSizes } from './sizes';

/** What a list needs to know of an ONNX file: small enough to keep for every file. */
export interface GraphFacts {
  readonly parameters: number;
  /** See {@link dtypeOf}. */
  readonly dtype: string;
  readonly sizes: GraphSizes;
  /** How each layer lets tokens see others; null where all do by attention. */
  readonly mixing: readonly Mixing[] | null;
  /** Whether the graph itself tells that later tokens are hidden, or that it goes on from a cache, as decoders do. */
  readonly isSurelyDecoder: boolean;
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
  /** The bytes that `model` was read from, where they are not the file's: its local functions are written out. */
  readonly inlined: Uint8Array | null;
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

const graphs = new Kept<ReturnType<typeof readGraph>>(3);
const allFacts = new Kept<GraphFacts>(2000);

/** What passes showed of files that were opened: their sizes, or why they are no decoders. */
const passes = new Kept<MeasuredSizes | ProblemData>(2000);

/** Keeps what a pass of a file showed, for lists and reports, until the file changes. */
export function keepMeasured({ path, stamp }: Pick<ModelGraph, 'path' | 'stamp'>, seen: MeasuredSizes | Problem): void {
  passes.set(path, stamp, seen instanceof Problem ? seen.toData() : seen);
}

/**
 * Sizes that a pass of the file showed, if there was one since it changed.
 * @throws Problem `onnx-not-a-decoder` where the pass showed that.
 */
export function measuredBefore(path: string): MeasuredSizes | null {
  const seen = passes.get(path, fileStamp(path)) ?? null;
  if (seen && 'code' in seen) throw new Problem(seen);
  return seen;
}

/** How each layer lets tokens see others; null where all do by attention. */
function mixingOf({ bodies, layers }: DecoderAnatomy): readonly Mixing[] | null {
  const blocks = new Map(bodies[0]?.blocks.map((block) => [block.layer, block.mixing]));
  const mixing = Array.from({ length: layers }, (_, layer) => blocks.get(layer) ?? 'unknown');
  return mixing.every((kind) => kind === 'attention') ? null : mixing;
}

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

function readGraph(path: string, file: string): Pick<ModelGraph, 'model' | 'inlined' | 'anatomy' | 'facts'> {
  const { model, inlined } = readWhole(path, file);
  const elsewhere = shapesElsewhere(model);
  if (elsewhere !== null) throw shapesInOtherFile(file, elsewhere);
  const anatomy = findDecoder(model);
  const plan = planProbes(model, { attention: 'all', hidden: 'all', logits: true }, anatomy);
  const size = modelSize(model);
  const facts: GraphFacts = {
    parameters: size.parameters,
    dtype: dtypeOf(size),
    sizes: graphSizes(anatomy),
    mixing: mixingOf(anatomy),
    isSurelyDecoder: anatomy.reading === 'causal' || anatomy.interface.cache.some(({ past }) => past !== null),
    probes: probeReport(plan, anatomy),
    needs: size.externalFiles,
    size: ownBytes(model, inlined, size.externalFiles, path),
  };
  return { model, inlined, anatomy, facts };
}
