/**
 * Pictures of many heads in one image, one lookup a pixel, so that a hundred heads cost a few milliseconds.
 */
export interface Atlas {
  /** [height, width] pixels as an ImageData holds them. */
  readonly pixels: Uint32Array;
  readonly width: number;
}

/** Which cells of a map each device pixel of a thumbnail shows, for a map of `size` cells on `side` pixels. */
export interface ThumbnailSampling {
  readonly size: number;
  readonly side: number;
  /** [side + 1] first cell of each pixel. Where a pixel has several cells it shows the largest of them. */
  readonly cells: Uint16Array;
}

export function thumbnailSampling(size: number, side: number): ThumbnailSampling {
  return { size, side, cells: Uint16Array.from({ length: side + 1 }, (_, pixel) => Math.floor((pixel * size) / side)) };
}

/** Paints the map of codes [size, size] at `codes[offset…]` with its corner at (left, top), in device pixels. */
export function paintThumbnail(
  atlas: Atlas,
  left: number,
  top: number,
  codes: Uint8Array,
  offset: number,
  sampling: ThumbnailSampling,
  pixelOfCode: Uint32Array,
): void {
  const { size, side, cells } = sampling;
  for (let y = 0; y < side; y++) {
    let at = (top + y) * atlas.width + left;
    const row = offset + (cells[y] as number) * size;
    if (size <= side) {
      for (let x = 0; x < side; x++) {
        atlas.pixels[at++] = pixelOfCode[codes[row + (cells[x] as number)] as number] as number;
      }
      continue;
    }
    const rows = (cells[y + 1] as number) - (cells[y] as number);
    for (let x = 0; x < side; x++) {
      const from = cells[x] as number;
      const to = cells[x + 1] as number;
      let largest = 0;
      for (let start = row; start < row + rows * size; start += size) {
        for (let key = from; key < to; key++) {
          const code = codes[start + key] as number;
          if (code > largest) largest = code;
        }
      }
      atlas.pixels[at++] = pixelOfCode[largest] as number;
    }
  }
}
