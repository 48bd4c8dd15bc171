import { render } from 'preact';
import { packedLength, packedRow, thumbnail } from '../../src/core/lens/packed';
import { encodeWeights } from '../../src/core/numeric/codes';
import { Random } from '../../src/core/numeric/random';
import { pixelsOfCodes, weightStops } from '../../src/webview/components/ramp';
import { readTheme } from '../../src/webview/components/theme';
import { THUMBNAIL_SIDE, Thumbnails } from '../../src/webview/components/thumbnails';

/** Milliseconds of the two stages of one round. */
export interface ThumbnailTimes {
  /** Weights to 8-bit codes and max-pooled pictures: the engine's part. */
  readonly pooling: number;
  /** Pictures to pixels: the view mounted, drawn and read back. */
  readonly drawing: number;
}

declare global {
  interface Window {
    measureThumbnails: (layers: number, heads: number, tokens: number, rounds: number) => ThumbnailTimes[];
  }
}

/** [heads, packed lower triangle] weights of rows that sum to 1, some keys far above the rest as in real heads. */
function weightsOf(maps: number, tokens: number): Float32Array[] {
  const random = Random.fromSeed(1);
  return Array.from({ length: maps }, () => {
    const weights = new Float32Array(packedLength(tokens));
    for (let query = 0; query < tokens; query++) {
      const start = packedRow(query);
      let sum = 0;
      for (let key = 0; key <= query; key++) {
        weights[start + key] = Math.exp(6 * random.uniform());
        sum += weights[start + key]!;
      }
      for (let key = 0; key <= query; key++) weights[start + key]! /= sum;
    }
    return weights;
  });
}

window.measureThumbnails = (layers, heads, tokens, rounds) => {
  const theme = readTheme();
  const stops = weightStops(theme.colours.background, theme.dark);
  const side = Math.round(THUMBNAIL_SIDE * devicePixelRatio);
  const maps = weightsOf(layers * heads, tokens);
  const host = document.body.appendChild(document.createElement('div'));

  return Array.from({ length: rounds }, () => {
    const started = performance.now();
    const pictures = new Uint8Array(maps.length * side * side);
    const codes = new Uint8Array(packedLength(tokens));
    maps.forEach((weights, index) => {
      encodeWeights(weights, 0, codes, 0, weights.length);
      pictures.set(thumbnail(codes, tokens, side), index * side * side);
    });
    const pooled = performance.now();
    render(
      <Thumbnails
        items={maps.map((_, index) => ({
          id: `${index}`,
          codes: pictures,
          offset: index * side * side,
          label: `Head ${index}`,
        }))}
        columns={layers}
        headings={{
          columns: Array.from({ length: layers }, (_, layer) => `layer ${layer}`),
          rows: Array.from({ length: heads }, (_, head) => `head ${head}`),
          column: 0,
          row: 0,
        }}
        side={THUMBNAIL_SIDE}
        size={side}
        pixelOfCode={pixelsOfCodes(stops, 'sqrt')}
        ratio={devicePixelRatio}
        theme={theme}
        selected="0"
        onSelect={() => undefined}
        label="Heads"
      />,
      host,
    );
    const canvases = [...host.querySelectorAll('canvas')];
    // Reading a canvas back waits until everything before has been drawn.
    const drawn = canvases.map((canvas) => canvas.getContext('2d')!.getImageData(0, 0, canvas.width, canvas.height));
    const done = performance.now();
    if (!drawn.some(({ data }) => data.some((value) => value > 0))) throw new Error('Nothing was drawn.');
    render(null, host);
    return { pooling: pooled - started, drawing: done - pooled };
  });
};
