/**
 * A model that reads both ways: it is given every place of a sequence at once, those that nothing stands at as `maskId`, and tells
 * what may stand at each. Implemented over ONNX in the engine and over a table of probabilities in the tests.
 */
export interface CanvasModel {
  readonly vocabularySize: number;
  /** The id that stands at an empty place; it is never written. */
  readonly maskId: number;
  /** Most places; Infinity where unknown. */
  readonly places: number;
  /**
   * One pass over the whole canvas.
   * @param ids what stands at each place, `maskId` where nothing does; 1 or more, at most `places`.
   * @returns logits, row-major [ids.length, vocabularySize]: row i is the distribution at place i given all places. At a place that
   *          is filled, what the model makes of its own input. The array belongs to the caller.
   * @throws an error where the pass fails, or where there is no place or one too many.
   */
  predict(ids: readonly number[]): Promise<Float32Array>;
}
