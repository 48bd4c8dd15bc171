import { basename } from 'node:path';
import { bufferSource, type ExternalFile, type OnnxModel, openFileSource, readOnnx, withoutFunctions } from '../graph';

/** A graph as it is looked at: of operators alone. */
export interface WholeGraph {
  readonly model: OnnxModel;
  /** The bytes that `model` was read from, where they are not the file's: its local functions are written out. */
  readonly inlined: Uint8Array | null;
}

/** Reads the graph of an ONNX file, with its local functions written out in memory. */
export function readWhole(path: string, file: string): WholeGraph {
  const source = openFileSource(path, file);
  try {
    const model = readOnnx(source);
    const inlined = withoutFunctions(model, source, basename(path));
    return inlined ? { model: readOnnx(bufferSource(inlined, file)), inlined } : { model, inlined };
  } finally {
    source.close();
  }
}

/** Bytes of a file itself: none where its graph is in memory and takes weights from it, so that it counts among `needs`. */
export function ownBytes(
  model: OnnxModel,
  inlined: Uint8Array | null,
  needs: readonly ExternalFile[],
  path: string,
): number {
  return inlined && needs.some(({ location }) => location === basename(path)) ? 0 : model.size;
}
