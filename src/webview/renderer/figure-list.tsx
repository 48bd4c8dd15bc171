export type FigureOfResult = readonly [name: string, value: string, note: string];

/** Numbers with their names, in a row. */
export function FigureList({ figures }: { readonly figures: readonly FigureOfResult[] }) {
  return (
    <dl class="result-figures">
      {figures.map(([name, value, note]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>
            {value} {note && <small>{note}</small>}
          </dd>
        </div>
      ))}
    </dl>
  );
}
