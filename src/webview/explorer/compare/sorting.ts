import type { ComparisonRow } from '../../../core/compare/comparison';
import { COLUMNS, type ColumnId } from './columns';
import type { Sort } from './state';

/** A row with its place in the comparison. */
export interface PlacedRow {
  readonly place: number;
  readonly row: ComparisonRow;
}

/** Rows in the order of the sort; rows without a value go last either way, equals keep their order. */
export function sortedRows(rows: readonly ComparisonRow[], sort: Sort | null): readonly PlacedRow[] {
  const placed = rows.map((row, place) => ({ place, row }));
  if (!sort) return placed;
  const { value } = COLUMNS.find(({ id }) => id === sort.column) ?? { value: () => null };
  const valueOf = ({ place, row }: PlacedRow): number | null =>
    sort.column === 'decoder' ? place : row.result && value(row.result);
  const sign = sort.descending ? -1 : 1;
  return placed.toSorted((a, b) => {
    const [of, against] = [valueOf(a), valueOf(b)];
    if (of === null || against === null) return Number(of === null) - Number(against === null);
    return of === against ? 0 : sign * (of < against ? -1 : 1);
  });
}

/** One press sorts upwards, the next downwards, the third takes the sort away. */
export function nextSort(sort: Sort | null, column: ColumnId): Sort | null {
  if (sort?.column !== column) return { column, descending: false };
  return sort.descending ? null : { column, descending: true };
}
