import type { PairedRun } from '../../core/compare/runPair';
import type { PairPlace, RunPairShown } from '../../protocol/runPair';
import type { PairLink } from './link';

export interface PairHeadProps {
  readonly shown: Extract<RunPairShown, { state: 'ready' }>;
  readonly link: PairLink;
}

/** Which two runs these are, and what can be done with them. */
export function PairHead({ shown: { pair, names }, link }: PairHeadProps) {
  return (
    <header class="pair-head">
      <Run place="a" run={pair.a} name={names.a} link={link} />
      <Run place="b" run={pair.b} name={names.b} link={link} />
      <div class="pair-actions" role="group" aria-label="Comparison">
        <button type="button" class="pair-button" onClick={() => void link.swap()}>
          Swap
        </button>
        <button
          type="button"
          class="pair-button"
          title="Save the numbers of every position as a CSV file"
          onClick={() => void link.save('csv')}
        >
          CSV
        </button>
        <button
          type="button"
          class="pair-button"
          title="Save the whole comparison as a JSON file"
          onClick={() => void link.save('json')}
        >
          JSON
        </button>
      </div>
    </header>
  );
}

interface RunProps {
  readonly place: PairPlace;
  readonly run: PairedRun;
  readonly name: string;
  readonly link: PairLink;
}

function Run({ place, run, name, link }: RunProps) {
  const letter = place.toUpperCase();
  const date = new Date(run.createdAt);
  const when = Number.isNaN(date.getTime()) ? run.createdAt : date.toLocaleString();
  return (
    <section class="pair-run" aria-label={`Run ${letter}`}>
      <b class="pair-letter" aria-hidden="true">
        {letter}
      </b>
      <div class="pair-what">
        <p class="pair-name" title={run.promptText ?? undefined}>
          {name || '(empty prompt)'}
        </p>
        <p class="muted">{[run.model, run.decoder, when].join(' · ')}</p>
        <p>
          <button type="button" class="link" onClick={() => void link.explore(place)}>
            Open in Explorer
          </button>{' '}
          <button type="button" class="link" onClick={() => void link.choose(place)}>
            Choose another run…
          </button>
        </p>
      </div>
    </section>
  );
}
