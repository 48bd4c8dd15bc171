import { probability, bits } from '../../components/format';
import type { LifeFrame } from './frame';
import type { Shows } from './state';
import type { LifeRun } from './use-life';
import { errorWords, stateWord } from './words';

export interface BoardTableProps {
  readonly run: LifeRun;
  readonly frame: LifeFrame;
  readonly shows: Shows;
  readonly cell: number;
  readonly onCell: (cell: number) => void;
}

const CAPTIONS: Readonly<Record<Shows, string>> = {
  state: 'What the model says of each cell',
  alive: 'Probability that each cell is alive',
  entropy: 'Entropy of each cell, in bits',
};

/** The model's board as a table: rows and columns as the rulers count them. */
export function BoardTable({ run, frame, shows, cell, onCell }: BoardTableProps) {
  const { width, height } = run.sequence.grid;
  const text = (at: number): string => {
    const error = frame.errors[at];
    const value =
      shows === 'state'
        ? stateWord(frame.predicted[at])
        : shows === 'alive'
          ? probability(run.prediction.alive[at])
          : bits(run.prediction.entropy[at]);
    return error ? `${value}, ${errorWords(error)}` : value;
  };
  return (
    <div class="life-table" tabIndex={0} role="group" aria-label={CAPTIONS[shows]}>
      <table>
        <caption>
          {CAPTIONS[shows]}, generation {frame.generation}
        </caption>
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
                const classes = [at === cell ? 'chosen' : '', frame.errors[at] ? 'wrong' : ''].filter(Boolean);
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
