import type { RunPair } from '../../core/compare/runPair';
import { figure } from './words';
import './side.css';

/** What both runs came to, and what they were made with: the lines that differ are marked. */
export function SideBySide({ pair }: { readonly pair: RunPair }) {
  return (
    <>
      <Lines
        title="Summary"
        caption="What both runs came to"
        lines={pair.summary.map(({ name, unit, a, b }) => ({ name, a: figure(a, unit), b: figure(b, unit) }))}
      />
      <Lines title="Made with" caption="What both runs were made with" lines={pair.setup} marked />
    </>
  );
}

interface LinesProps {
  readonly title: string;
  readonly caption: string;
  readonly lines: readonly { readonly name: string; readonly a: string; readonly b: string }[];
  /** Whether lines that differ stand out. */
  readonly marked?: boolean;
}

function Lines({ title, caption, lines, marked = false }: LinesProps) {
  const shown = lines.filter(({ a, b }) => a !== '' || b !== '');
  return (
    <section class="pair-lines">
      <h2>{title}</h2>
      <table>
        <caption class="unseen">{caption}</caption>
        <thead>
          <tr>
            <td />
            <th scope="col">A</th>
            <th scope="col">B</th>
          </tr>
        </thead>
        <tbody>
          {shown.map(({ name, a, b }) => (
            <tr key={name} class={marked && a !== b ? 'pair-differs' : undefined}>
              <th scope="row">{name}</th>
              <td title={a}>
                <span class="pair-value">{a || '–'}</span>
              </td>
              <td title={b}>
                <span class="pair-value">{b || '–'}</span>
                {marked && a !== b && <span class="unseen">, differs</span>}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
