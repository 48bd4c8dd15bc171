import type { GridSize } from '../../../core/life/topology';

export interface CellTableProps {
  readonly size: GridSize;
  /** What the cells of the table say. */
  readonly name: string;
  readonly caption: string;
  readonly text: (cell: number) => string;
  readonly isWrong: (cell: number) => boolean;
  /** The chosen cell; null where none is. */
  readonly cell: number | null;
  readonly onCell: (cell: number) => void;
}

/** A board as a table: rows and columns as the rulers count them. */
export function CellTable({ size, name, caption, text, isWrong, cell, onCell }: CellTableProps) {
  const { width, height } = size;
  return (
    <div class="life-table" tabIndex={0} role="group" aria-label={name}>
      <table>
        <caption>{caption}</caption>
        <thead>
          <tr>
            <th scope="col">row</th>
            {Array.from({ length: width }, (_, column) => (
              <th key={column} scope="col">
                {column}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {Array.from({ length: height }, (_, row) => (
            <tr key={row}>
              <th scope="row">{row}</th>
              {Array.from({ length: width }, (_, column) => {
                const at = row * width + column;
                const classes = [at === cell ? 'chosen' : '', isWrong(at) ? 'wrong' : ''].filter(Boolean);
                return (
                  <td
                    key={column}
                    class={classes.join(' ')}
                    aria-current={at === cell ? 'true' : undefined}
                    onClick={() => onCell(at)}
                  >
                    {text(at)}
                  </td>
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
