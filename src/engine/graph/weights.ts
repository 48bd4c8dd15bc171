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
    if (data.kind !== 'raw' || data.length < smallestReferred) continue;
    const entry = (key: string, value: string | number): WireWriter =>
      new WireWriter().text(1, key).text(2, String(value));
    const reference = new WireWriter()
      .message(13, entry('location', name))
      .message(13, entry('offset', data.offset))
      .message(13, entry('length', data.length))
      .int(14, 1);
    edits.push({
      offset: data.fieldStart,
      deleteLength: data.offset + data.length - data.fieldStart,
      insert: reference.finish(),
      within: data.within,
    });
  }
  return edits;
}
