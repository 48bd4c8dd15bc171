import type { NestedEdit } from './edits';
import type { OnnxModel } from './onnx';
import { tensors } from './parameters';
import { WireWriter } from './protobuf';

/**
 * Where an edited file has its weights: in itself, or in the file that it was made from. onnxruntime takes all of them from
 * one folder and refuses links that lead out of it, as download caches have them: so `from` is the real path of the file in
 * the folder that it is told, and `moved` says by what path in it a file is reached that the graph calls otherwise.
 */
export type WeightPlace = 'inline' | { readonly from: string; readonly moved?: ReadonlyMap<string, string> };

/** Smaller tensors stay: shapes and scalars, which onnxruntime wants to see before it reads other files. */
const smallestReferred = 1024;

/**
 * Edits that replace the data of large initialisers by references to the file that holds it now: ONNX's external data is any
 * bytes of any file in the model's folder. https://onnx.ai/onnx/repo-docs/ExternalData.html
 */
export function referToWeights(model: OnnxModel, { from: name, moved }: Exclude<WeightPlace, 'inline'>): NestedEdit[] {
  const edits: NestedEdit[] = moved ? renamed(model, moved) : [];
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

/** Edits by which tensors in other files name them as `moved` says; values of operators and the branches of an If included. */
function renamed(model: OnnxModel, moved: ReadonlyMap<string, string>): NestedEdit[] {
  return [...tensors(model.graph)].flatMap(({ data }): NestedEdit[] => {
    const to = data.kind === 'external' ? moved.get(data.location) : undefined;
    if (data.kind !== 'external' || to === undefined || to === data.location || !data.locationField) return [];
    const { start, end } = data.locationField;
    const insert = new WireWriter().message(13, new WireWriter().text(1, 'location').text(2, to)).finish();
    return [{ offset: start, deleteLength: end - start, insert, within: data.within }];
  });
}
