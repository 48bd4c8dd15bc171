import { neighbourhood } from '../../../core/life/neighbourhood';
import type { LifeSequence } from '../../../core/life/sequence';
import { weightText } from '../attention/weight-format';
import { placeWords, stateWord } from '../life/words';
import type { HeadRow } from './data';
import { headName, offsetText } from './words';

export interface NineCellsProps {
  readonly sequence: LifeSequence;
  readonly cell: number;
  readonly row: HeadRow | null;
}

/** Where the chosen head looks around the chosen cell, in place of the picture for those who do not see it. */
export function NineCells({ sequence, cell, row }: NineCellsProps) {
  if (!row) return null;
  const { grid, before } = sequence;
  return (
    <table class="unseen">
      <caption>
        {`Attention of ${headName(row)} around ${placeWords(cell, grid.width)}: ${weightText(row.mass.neighbourhood)} on the nine cells, `}
        {`${weightText(row.mass.elsewhere)} elsewhere on the board, ${weightText(row.mass.outside)} outside it`}
      </caption>
      <thead>
        <tr>
          <th scope="col">Offset, down and right</th>
          <th scope="col">Place</th>
          <th scope="col">State</th>
          <th scope="col">Weight</th>
        </tr>
      </thead>
      <tbody>
        {neighbourhood(cell, grid).map((at) => (
          <tr key={at}>
            <th scope="row">{offsetText(cell, at, grid)}</th>
            <td>{placeWords(at, grid.width)}</td>
            <td>{stateWord(before[at])}</td>
            <td>{weightText(row.weights[at])}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
