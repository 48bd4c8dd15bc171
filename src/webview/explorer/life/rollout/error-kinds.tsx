import { type CellKind, type ErrorCount, sumErrors } from '../../../../core/life/confusion';
import { count } from '../../../components/format';

const PLACES = [
  { edge: false, alive: false },
  { edge: false, alive: true },
  { edge: true, alive: false },
  { edge: true, alive: true },
] as const;

/** Own errors by live neighbours, by what the cell was, and by where it stands. */
export function ErrorKinds({ kinds, steps }: { readonly kinds: readonly ErrorCount[]; readonly steps: number }) {
  const row = (name: string, is: (kind: CellKind) => boolean) => (
    <tr key={name}>
      <th scope="row">{name}</th>
      {PLACES.map(({ edge, alive }) => {
        const { cells, wrong } = sumErrors(kinds, (kind) => kind.edge === edge && kind.alive === alive && is(kind));
        return (
          <td key={`${edge} ${alive}`} class={wrong > 0 ? 'roll-wrong' : ''}>
            {cells === 0 ? <span class="muted">–</span> : wrong > 0 ? <b>{count(wrong)}</b> : '0'}
            {cells > 0 && <span class="muted"> of {count(cells)}</span>}
          </td>
        );
      })}
    </tr>
  );
  return (
    <>
      <p class="muted">
        Cells that the model got wrong itself, of those it was asked for in {count(steps)}{' '}
        {steps === 1 ? 'step' : 'steps'}, by their live neighbours on the board it was given. Edge: the first and the
        last row and column.
      </p>
      <table class="roll-kinds">
        <caption class="unseen">Own errors by live neighbours and place</caption>
        <thead>
          <tr>
            <th rowSpan={2} scope="col">
              live neighbours
            </th>
            <th colSpan={2} scope="colgroup">
              inside
            </th>
            <th colSpan={2} scope="colgroup">
              edge
            </th>
          </tr>
          <tr>
            {PLACES.map(({ edge, alive }) => (
              <th key={`${edge} ${alive}`} scope="col">
                was {alive ? 'alive' : 'dead'}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {Array.from({ length: 9 }, (_, neighbours) =>
            row(String(neighbours), (kind) => kind.neighbours === neighbours),
          )}
          {row('all', () => true)}
        </tbody>
      </table>
    </>
  );
}
