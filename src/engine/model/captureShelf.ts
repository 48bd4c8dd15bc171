import type { PassCapture } from './types';

/** What the lower part of a model gave of each place, until the pass of the upper part that it belongs to. */
export class CaptureShelf {
  private readonly places = new Map<number, PassCapture>();

  put(capture: PassCapture): void {
    for (let i = 0; i < capture.fed; i++) this.places.set(capture.pastLength + i, capture);
  }

  /** The upper part's capture completed by the lower part's, which is given away. */
  complete(upper: PassCapture): PassCapture {
    const { pastLength, fed } = upper;
    const captures = Array.from({ length: fed }, (_, i) => this.places.get(pastLength + i));
    const first = captures[0];
    for (const place of this.places.keys()) if (place < pastLength + fed) this.places.delete(place);
    if (!first) return upper;
    const attention = new Map([...first.attention.keys()].map((layer) => [layer, attentionOf(captures, layer, upper)]));
    const hidden = new Map([...first.hidden.keys()].map((block) => [block, hiddenOf(captures, block, pastLength)]));
    return {
      pastLength,
      fed,
      attention: new Map([...attention, ...upper.attention]),
      hidden: new Map([...hidden, ...upper.hidden]),
    };
  }
}

type Captures = readonly (PassCapture | undefined)[];

/** [heads, fed, pastLength + fed] out of passes that saw fewer keys. */
function attentionOf(captures: Captures, layer: number, { pastLength, fed }: PassCapture): Float32Array {
  const total = pastLength + fed;
  let result = new Float32Array();
  captures.forEach((capture, i) => {
    const source = capture?.attention.get(layer);
    if (!capture || !source) return;
    const keys = capture.pastLength + capture.fed;
    const heads = source.length / (capture.fed * keys);
    if (result.length === 0) result = new Float32Array(heads * fed * total);
    const row = pastLength + i - capture.pastLength;
    const visible = pastLength + i + 1;
    for (let head = 0; head < heads; head++) {
      const from = (head * capture.fed + row) * keys;
      result.set(source.subarray(from, from + visible), (head * fed + i) * total);
    }
  });
  return result;
}

/** [fed, width] */
function hiddenOf(captures: Captures, block: number, pastLength: number): Float32Array {
  let result = new Float32Array();
  captures.forEach((capture, i) => {
    const source = capture?.hidden.get(block);
    if (!capture || !source) return;
    const width = source.length / capture.fed;
    if (result.length === 0) result = new Float32Array(captures.length * width);
    const row = pastLength + i - capture.pastLength;
    result.set(source.subarray(row * width, (row + 1) * width), i * width);
  });
  return result;
}
