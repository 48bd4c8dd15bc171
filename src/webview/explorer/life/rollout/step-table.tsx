import type { RolloutRecord } from '../../../../core/life/rollout-record';
import { count } from '../../../components/format';

export interface StepTableProps {
  readonly record: RolloutRecord;
  readonly place: number;
  readonly onPlace: (place: number) => void;
}

/** The chart as a table: a row a step. */
export function StepTable({ record, place, onPlace }: StepTableProps) {
  return (
    <div class="roll-steps" tabIndex={0} role="group" aria-label="Steps">
      <table>
        <caption class="unseen">Cells wrong at each step</caption>
        <thead>
          <tr>
            {['step', 'distance', 'own', 'inherited', 'false births', 'false deaths'].map((name) => (
              <th key={name} scope="col">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {record.steps.map(({ step, wrong, own, inherited, falseBirths, falseDeaths }) => (
            <tr key={step} aria-current={step === place ? 'step' : undefined} onClick={() => onPlace(step)}>
              <th scope="row">{count(step)}</th>
              {[wrong, own, inherited, falseBirths, falseDeaths].map((cells, at) => (
                <td key={at} class={cells > 0 ? 'roll-wrong' : ''}>
                  {count(cells)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
