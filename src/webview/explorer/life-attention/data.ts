import { useMemo } from 'preact/hooks';
import { type GridMass, gridMass } from '../../../core/life/attention';
import type { LifeSequence } from '../../../core/life/sequence';
import { predictingQuery } from '../../../core/life/sequence';
import type { Caller } from '../../../protocol/call';
import type { AttentionKeys, GridAttention } from '../../../protocol/attention';
import type { ExplorerApi } from '../../../protocol/explorer';
import { RecentCache, type Request, useRequest } from '../attention/requests';
import type { GridSort, SingleHead } from './state';

/** What was fetched of one run; lives on while another tab is on show. */
class GridData {
  readonly rows = new RecentCache<AttentionKeys>(16 << 20, (each) => each.weights.byteLength);
  readonly heads = new RecentCache<GridAttention>(4 << 20, (each) => each.byOffset.byteLength + 4096);

  constructor(readonly run: string) {}
}

let lastRun: GridData | null = null;

function useGridData(run: string): GridData {
  return useMemo(() => {
    if (lastRun?.run !== run) lastRun = new GridData(run);
    return lastRun;
  }, [run]);
}

export interface GridSource {
  readonly api: Caller<ExplorerApi>;
  readonly runId: string;
  readonly sequence: LifeSequence;
  /** Cells of the answer that are there: their rows were computed. */
  readonly answered: number;
  /** The run has given way to another, which is under way: what was not fetched of it is gone. */
  readonly gone: boolean;
}

/** Where every head looks on the board when the cell is predicted: the row of the token before the cell. */
export function useCellRows({ api, runId, sequence, gone }: GridSource, cell: number): Request<AttentionKeys> {
  const data = useGridData(runId);
  const query = predictingQuery(sequence, cell);
  const key = `${runId} ${query}`;
  return useRequest(gone && !data.rows.get(key) ? null : key, data.rows, (signal) =>
    api.call('attentionKeys', { runId, query, from: sequence.firstInput, count: sequence.before.length }, { signal }),
  );
}

/** What each head does on average over all cells. */
export function useGridHeads({ api, runId, sequence, answered, gone }: GridSource): Request<GridAttention> {
  const data = useGridData(runId);
  const { width, height, topology } = sequence.grid;
  const key = `${runId} ${answered}`;
  return useRequest(gone && !data.heads.get(key) ? null : key, data.heads, (signal, onEvent) =>
    api.call(
      'gridAttention',
      {
        runId,
        width,
        height,
        topology,
        firstKey: sequence.firstInput,
        firstQuery: predictingQuery(sequence, 0),
        cells: answered,
      },
      { signal, onEvent },
    ),
  );
}

/** Index of a head in the data of all, layer by layer; −1 where it is not among them. */
export function indexOfHead(heads: Pick<GridAttention, 'layers' | 'heads'>, { layer, head }: SingleHead): number {
  const at = heads.layers.indexOf(layer);
  return at < 0 || head >= heads.heads ? -1 : at * heads.heads + head;
}

/** All heads in the order of a sort: the largest score first, the most pointed head first. */
export function headsInOrder({ statistics }: GridAttention, sort: GridSort): readonly SingleHead[] {
  const heads = [...statistics];
  if (sort === 'moore') heads.sort((one, other) => other.neighbourhood - one.neighbourhood);
  if (sort === 'entropy') heads.sort((one, other) => one.entropy - other.entropy);
  return heads.map(({ layer, head }) => ({ layer, head }));
}

/** Where the view opens: the head with the best score. */
export function openingGridHead(heads: GridAttention): SingleHead {
  return headsInOrder(heads, 'moore')[0] ?? { layer: 0, head: 0 };
}

/** [cells] weights of one head, and how they divide. */
export interface HeadRow extends SingleHead {
  readonly weights: Float32Array;
  readonly mass: GridMass;
}

/** The rows of all heads, layer by layer. */
export function headRows(rows: AttentionKeys, cell: number, { grid }: LifeSequence): readonly HeadRow[] {
  const cells = grid.width * grid.height;
  return rows.layers.flatMap((layer, at) =>
    Array.from({ length: rows.heads }, (_, head) => {
      const start = (at * rows.heads + head) * cells;
      const weights = rows.weights.subarray(start, start + cells);
      return { layer, head, weights, mass: gridMass(weights, 0, cell, grid) };
    }),
  );
}

/** Place of the largest weight; null where none is worth a name. */
export function strongestCell(weights: Float32Array): number | null {
  let best = 0;
  weights.forEach((weight, at) => {
    if (weight > (weights[best] as number)) best = at;
  });
  return (weights[best] ?? 0) < LEAST ? null : best;
}

/** A weight that reads as 0.00 is not worth a name. */
export const LEAST = 0.005;
