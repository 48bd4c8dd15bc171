import { encodeWeights, WEIGHT_OF_CODE } from '../../core/numeric/codes';
import { entropyBits } from '../../core/numeric/entropy';
import { HeadStatisticsAccumulator, HeadStructure } from '../../core/lens/attention';
import { GridAttentionAccumulator, offsetRadius, type GridHeadSummary } from '../../core/life/attention';
import { packedRow, thumbnail } from '../../core/lens/packed';
import { shareWithout } from '../../core/lens/without';
import type {
  AttentionHead,
  AttentionKeys,
  AttentionOverview,
  AttentionPair,
  AttentionRow,
  GridAttention,
  GridHead,
  HeadStatistics,
} from '../../protocol/attention';
import type { GridRequest } from '../../protocol/questions';
import type { Progress } from '../../protocol/call';
import { Problem } from '../../protocol/errors';
import { Slices } from '../slices';
import type { LayerMaps } from '../tensors/maps';
import type { KeptRun } from './keptRun';
import type { RunTensors } from './runTensors';
import type { Waiting } from './waiting';

/** Bytes of weights in one message. */
export const ANSWER_BYTES = 12 * 1024 ** 2;

/** Bytes of thumbnails in one message; smaller ones are made where there would be more. */
const THUMBNAIL_BYTES = 12 * 1024 ** 2;

/** A head of a layer; null is the mean over its heads. */
interface HeadQuestion {
  readonly layer: number;
  readonly head: number | null;
}

/** Answers questions about the attention of a run. */
export class RunAttention {
  constructor(private readonly tensors: RunTensors) {}

  /**
   * Every head as a thumbnail of at most `size` pixels a side, with its statistics; both without the keys of `without`.
   * The mass on the first token is always that of the whole row.
   */
  overview(
    run: KeptRun,
    { size, without }: { readonly size: number; readonly without: readonly number[] },
    waiting: Waiting,
    onProgress: (progress: Progress) => void,
  ): Promise<AttentionOverview> {
    return run.inTurn(async () => {
      const layers = this.tensors.layersOf(run);
      const { runId, ids, identity } = run.record;
      const fitting = Math.floor(Math.sqrt(THUMBNAIL_BYTES / Math.max(1, layers.length * identity.heads)));
      const asked = Math.max(1, Math.min(size, fitting));
      const kept = run.overview;
      if (kept && kept.size === Math.min(asked, kept.tokens) && kept.without.join() === without.join()) return kept;

      const groups = this.tensors.groupsOf(run, layers);
      const scoring = groups.map((group) => this.tensors.tokensToScore(run, group));
      const total = scoring.reduce((sum, tokens) => sum + tokens, 0) + layers.length * identity.heads;
      let done = 0;
      const slices = new Slices(waiting.signal);
      const pictures: Uint8Array[] = [];
      const statistics: HeadStatistics[] = [];
      let first: LayerMaps | undefined;
      for (const [index, group] of groups.entries()) {
        const maps = await this.tensors.maps(run, group, waiting, (tokens) =>
          onProgress({ done: done + tokens, total }),
        );
        done += scoring[index] as number;
        for (const [layer, layerMaps] of maps) {
          first ??= layerMaps;
          for (let head = 0; head < layerMaps.heads; head++) {
            const { tokens } = layerMaps;
            const whole = await layerMaps.packed(head);
            const map = await sharedOut(whole, tokens, without, slices);
            pictures.push(thumbnail(await codesOf(map, slices), tokens, asked));
            const numbers = await statisticsOf(map, tokens, slices);
            statistics.push({ layer, head, ...numbers, firstToken: firstTokenMass(whole, tokens) });
            await slices.pause();
          }
          done += layerMaps.heads;
          onProgress({ done, total });
        }
      }
      const tokens = first?.tokens ?? ids.length;
      const side = Math.min(asked, tokens);
      const thumbnails = new Uint8Array(pictures.length * side * side);
      pictures.forEach((picture, index) => thumbnails.set(picture, index * side * side));
      run.overview = {
        runId,
        layers,
        heads: first?.heads ?? identity.heads,
        tokens,
        size: side,
        thumbnails,
        statistics,
        kept: first?.form ?? 'float32',
        without,
      };
      return run.overview;
    });
  }

  /** The codes of a head, or of the mean over the heads of the layer, each without the keys of `without`. */
  head(
    run: KeptRun,
    { layer, head, without }: HeadQuestion & { readonly without: readonly number[] },
    waiting: Waiting,
  ): Promise<AttentionHead> {
    const slices = new Slices(waiting.signal);
    if (head === null) {
      return run.inTurn(async () => {
        const maps = await this.layer(run, layer, head, waiting);
        return { layer, head, tokens: maps.tokens, codes: await meanCodes(maps, without, slices) };
      });
    }
    return this.soon(run, [layer], async () => {
      const maps = await this.layer(run, layer, head, waiting);
      const { tokens } = maps;
      const map = await sharedOut(await maps.packed(head), tokens, without, slices);
      return { layer, head, tokens, codes: await codesOf(map, slices) };
    });
  }

  /** The weights of one query, without the keys of `without`. */
  row(
    run: KeptRun,
    { layer, head, query, without }: HeadQuestion & { readonly query: number; readonly without: readonly number[] },
    waiting: Waiting,
  ): Promise<AttentionRow> {
    return this.soon(run, [layer], async () => {
      const maps = await this.layer(run, layer, head, waiting);
      refuseOutside(query, maps.tokens);
      const exact = maps.form === 'float32';
      const rowOf = async (of: number): Promise<Float32Array> => rowWithout(await maps.row(of, query), query, without);
      if (head !== null) return { layer, head, query, weights: await rowOf(head), exact };
      const sum = new Float64Array(query + 1);
      for (let index = 0; index < maps.heads; index++) addTo(sum, await rowOf(index), 0, query + 1);
      return { layer, head, query, weights: Float32Array.from(sum, (weight) => weight / maps.heads), exact };
    });
  }

  /** How much every head of every layer makes `query` look at `key`, in rows without the keys of `without`. */
  pair(
    run: KeptRun,
    { query, key, without }: { readonly query: number; readonly key: number; readonly without: readonly number[] },
    waiting: Waiting,
  ): Promise<AttentionPair> {
    const layers = this.tensors.layersOf(run);
    return this.soon(run, layers, async () => {
      const weights: number[] = [];
      let exact = true;
      for (const group of this.tensors.groupsOf(run, layers)) {
        for (const maps of (await this.tensors.maps(run, group, waiting)).values()) {
          refuseOutside(Math.max(query, key), maps.tokens);
          exact &&= maps.form === 'float32';
          // A key after the query is hidden from it.
          for (let head = 0; head < maps.heads; head++) {
            if (key > query) weights.push(0);
            else if (without.length === 0) weights.push(await maps.weight(head, query, key));
            else weights.push(rowWithout(await maps.row(head, query), query, without)[key] as number);
          }
        }
      }
      return { query, key, weights: Float32Array.from(weights), exact };
    });
  }

  /** How much every head of every layer makes `query` look at keys `from` … `from + count`. */
  keys(run: KeptRun, query: number, keys: { from: number; count: number }, waiting: Waiting): Promise<AttentionKeys> {
    const layers = this.tensors.layersOf(run);
    const { heads } = run.record.identity;
    const { from, count } = keys;
    if (from + count > query + 1) {
      throw new Problem({
        code: 'bad-request',
        message: `Query ${query} cannot look at key ${from + count - 1}: keys end with the query itself.`,
      });
    }
    if (layers.length * heads * count * Float32Array.BYTES_PER_ELEMENT > ANSWER_BYTES) {
      throw new Problem({
        code: 'bad-request',
        message: `${layers.length} layers × ${heads} heads × ${count} keys are more than one answer can hold.`,
        action: 'Ask for fewer keys.',
      });
    }
    return this.soon(run, layers, async () => {
      const weights = new Float32Array(layers.length * heads * count);
      let [exact, at] = [true, 0];
      for (const group of this.tensors.groupsOf(run, layers)) {
        for (const maps of (await this.tensors.maps(run, group, waiting)).values()) {
          refuseOutside(query, maps.tokens);
          exact &&= maps.form === 'float32';
          for (let head = 0; head < maps.heads; head++, at += count) {
            weights.set((await maps.row(head, query)).subarray(from, from + count), at);
          }
        }
      }
      return { query, from, layers, heads, weights, exact };
    });
  }

  /** Where every head looks on a board of Life when it predicts the cells of the next one. */
  grid(
    run: KeptRun,
    grid: Omit<GridRequest, 'runId'>,
    waiting: Waiting,
    onProgress: (progress: Progress) => void,
  ): Promise<GridAttention> {
    const layers = this.tensors.layersOf(run);
    return this.soon(run, layers, async () => {
      const slices = new Slices(waiting.signal);
      const statistics: GridHead[] = [];
      const byOffset: Float32Array[] = [];
      let exact = true;
      for (const group of this.tensors.groupsOf(run, layers)) {
        for (const [layer, maps] of await this.tensors.maps(run, group, waiting)) {
          checkGrid(grid, maps.tokens);
          exact &&= maps.form === 'float32';
          for (let head = 0; head < maps.heads; head++) {
            const { byPlace, byOffset: offsets, ...means } = await gridHead(maps, head, grid, slices);
            statistics.push({ layer, head, ...means, ...byPlace });
            byOffset.push(offsets);
          }
          onProgress({ done: statistics.length, total: layers.length * maps.heads });
        }
      }
      const each = byOffset[0]?.length ?? 0;
      const together = new Float32Array(byOffset.length * each);
      byOffset.forEach((offsets, index) => together.set(offsets, index * each));
      const { heads } = run.record.identity;
      return { layers, heads, cells: grid.cells, statistics, radius: offsetRadius(grid), byOffset: together, exact };
    });
  }

  /** Answers at once from what is held, also while the run goes on; where something is missing, in the run's turn. */
  private soon<T>(run: KeptRun, layers: readonly number[], answer: () => Promise<T>): Promise<T> {
    return this.tensors.tokensToScore(run, layers) === 0 ? answer() : run.inTurn(answer);
  }

  private async layer(run: KeptRun, layer: number, head: number | null, waiting: Waiting): Promise<LayerMaps> {
    if (layer >= run.record.identity.layers) {
      throw new Problem({
        code: 'bad-request',
        message: `There is no layer ${layer}: the model has ${run.record.identity.layers}, from 0.`,
      });
    }
    const maps = (await this.tensors.maps(run, [layer], waiting)).get(layer) as LayerMaps;
    if (head !== null && head >= maps.heads) {
      throw new Problem({
        code: 'bad-request',
        message: `There is no head ${head}: the model has ${maps.heads}, from 0.`,
      });
    }
    return maps;
  }
}

function refuseOutside(token: number, tokens: number): void {
  if (token < tokens) return;
  throw new Problem({
    code: 'bad-request',
    message: `There is no attention of token ${token}: the maps cover ${tokens}.`,
  });
}

function checkGrid({ width, height, firstKey, firstQuery, cells }: Omit<GridRequest, 'runId'>, tokens: number): void {
  refuseOutside(firstQuery + cells - 1, tokens);
  if (cells <= width * height && firstKey + width * height <= firstQuery + 1) return;
  throw new Problem({
    code: 'bad-request',
    message: `The ${width} × ${height} cells from token ${firstKey} do not all stand before the queries from ${firstQuery} that predict ${cells} cells.`,
  });
}

async function gridHead(
  maps: LayerMaps,
  head: number,
  grid: Omit<GridRequest, 'runId'>,
  slices: Slices,
): Promise<GridHeadSummary> {
  const accumulator = new GridAttentionAccumulator(grid);
  for (let cell = 0; cell < grid.cells; cell++) {
    const row = await maps.row(head, grid.firstQuery + cell);
    accumulator.add(row, grid.firstKey, cell, entropyBits(row));
    await slices.pause();
  }
  return accumulator.summary();
}

/** Entries that are worked on between two looks at the clock. */
const STEP = 1 << 18;

async function codesOf(map: Float32Array | Uint8Array, slices: Slices): Promise<Uint8Array> {
  if (map instanceof Uint8Array) return map;
  const codes = new Uint8Array(map.length);
  for (let start = 0; start < map.length; start += STEP) {
    encodeWeights(map, start, codes, start, Math.min(STEP, map.length - start));
    await slices.pause();
  }
  return codes;
}

/** Mean over the heads of a layer, one head in memory at a time, summed in float64. */
async function meanCodes(maps: LayerMaps, without: readonly number[], slices: Slices): Promise<Uint8Array> {
  let sum: Float64Array | undefined;
  for (let head = 0; head < maps.heads; head++) {
    const map = await sharedOut(await maps.packed(head), maps.tokens, without, slices);
    sum ??= new Float64Array(map.length);
    for (let start = 0; start < map.length; start += STEP) {
      addTo(sum, map, start, Math.min(start + STEP, map.length));
      await slices.pause();
    }
  }
  const mean = sum ?? new Float64Array();
  for (let index = 0; index < mean.length; index++) mean[index] = (mean[index] as number) / maps.heads;
  const codes = new Uint8Array(mean.length);
  encodeWeights(mean, 0, codes, 0, mean.length);
  return codes;
}

function addTo(sum: Float64Array, map: Float32Array | Uint8Array, from: number, to: number): void {
  const coded = map instanceof Uint8Array;
  for (let index = from; index < to; index++) {
    const value = map[index] as number;
    sum[index] = (sum[index] as number) + (coded ? (WEIGHT_OF_CODE[value] as number) : value);
  }
}

/** A map without some keys, its rows shared out anew; the same map where none is left out. */
async function sharedOut(
  map: Float32Array | Uint8Array,
  tokens: number,
  without: readonly number[],
  slices: Slices,
): Promise<Float32Array | Uint8Array> {
  if (without.length === 0) return map;
  const shared = new Float32Array(map.length);
  for (let query = 0; query < tokens; query++) {
    shareWithout(map, packedRow(query), query, without, shared, packedRow(query));
    await slices.pause();
  }
  return shared;
}

function rowWithout(row: Float32Array, query: number, without: readonly number[]): Float32Array {
  if (without.length === 0) return row;
  const shared = new Float32Array(row.length);
  shareWithout(row, 0, query, without, shared, 0);
  return shared;
}

/** Mean over the queries of the weight on the first token. */
function firstTokenMass(map: Float32Array | Uint8Array, tokens: number): number {
  let sum = 0;
  for (let query = 0; query < tokens; query++) {
    const value = map[packedRow(query)] as number;
    sum += map instanceof Uint8Array ? (WEIGHT_OF_CODE[value] as number) : value;
  }
  return tokens === 0 ? 0 : sum / tokens;
}

async function statisticsOf(
  map: Float32Array | Uint8Array,
  tokens: number,
  slices: Slices,
): Promise<Omit<HeadStatistics, 'layer' | 'head'>> {
  const accumulator = new HeadStatisticsAccumulator();
  const structure = new HeadStructure(tokens);
  for (let query = 0; query < tokens; query++) {
    const start = packedRow(query);
    if (map instanceof Uint8Array) accumulator.addCodes(map, start, query);
    else accumulator.add(map, start, query);
    structure.learn(map, start, query);
    await slices.pause();
  }
  for (let query = 0; query < tokens; query++) {
    structure.judge(map, packedRow(query), query);
    await slices.pause();
  }
  return { ...accumulator.summary(), structure: structure.score() };
}
