import type { NestedEdit } from './edits';
import type { OnnxModel } from './onnx';
import { WireWriter } from './protobuf';

/**
 * Where an edited file has its weights: in itself, or in the file that it was made from. Give that file's real name and tell
 * onnxruntime its real folder: it refuses links that lead out of the folder, as download caches have them.
 */
export type WeightPlace = 'inline' | { readonly from: string };

/** Smaller tensors stay: shapes and scalars, which onnxruntime wants to see before it reads other files. */
const smallestReferred = 1024;

/**
 * Edits that replace the data of large initialisers by references to the file that holds it now, `name`: ONNX's external
 * data is any bytes of any file in the model's folder. https://onnx.ai/onnx/repo-docs/ExternalData.html
 */
export function referToWeights(model: OnnxModel, name: string): NestedEdit[] {
  const edits: NestedEdit[] = [];
  for (const { data } of model.graph.initializers.values()) {
    if (data.kind !== 'raw' || data.length < smallestReferred || data.hasExternalEntries) continue;
    const entry = (key: string, value: string | number): WireWriter =>
      new WireWriter().text(1, key).text(2, String(value));
    const reference = new WireWriter()
      .message(13, entry('location', name))
      .message(13, entry('offset', data.offset))
      .message(13, entry('length', data.length))
      .int(14, 1);
    const { fieldStart, within } = data;
    const deleteLength = data.offset + data.length - fieldStart;
    edits.push({ offset: fieldStart, deleteLength, insert: new Uint8Array(0), within });
    // At the end of the tensor: of a field that is there twice the last one counts, and quantisers write that the data is here.
    edits.push({ offset: within.at(-1)?.end ?? 0, deleteLength: 0, insert: reference.finish(), within });
  }
  return edits;
}
