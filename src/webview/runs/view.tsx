import { useLayoutEffect, useState } from 'preact/hooks';
import type { RunPair } from '../../core/compare/runPair';
import { useTheme } from '../components/theme';
import { DivergenceChart } from './divergence-chart';
import type { PairLink } from './link';
import { PairHead } from './pair-head';
import { PairTable } from './pair-table';
import { PlacePanel } from './place-panel';
import { SideBySide } from './side-by-side';
import { verdict } from './words';
import '../components/page.css';
import '../ui/plain-button.css';
import './runs.css';

/** Two runs of the history against each other, or why they are not and what to do. */
export function PairView({ link }: { readonly link: PairLink }) {
  const [, render] = useState(0);
  // At once: the first answer may come before the page is painted.
  useLayoutEffect(() => link.subscribe(() => render((times) => times + 1)), [link]);
  const { shown, problem, said } = link;
  return (
    <main class="pair" aria-label="Two runs">
      <p class="unseen" role="status">
        {said}
      </p>
      {problem && (
        <p class="pair-problem" role="alert">
          {[problem.message, problem.action].filter(Boolean).join(' ')}
        </p>
      )}
      {shown?.state === 'missing' && (
        <div class="pair-missing">
          <p>
            {shown.places.length === 2 ? 'These runs are' : `Run ${shown.places[0]?.toUpperCase() ?? ''} is`} not kept
            any more: deleted, or gone to keep the history within its size.
          </p>
          {shown.places.map((place) => (
            <button type="button" class="plain-button" key={place} onClick={() => void link.choose(place)}>
              Choose Run {place.toUpperCase()}…
            </button>
          ))}
        </div>
      )}
      {shown?.state === 'ready' && (
        <>
          <PairHead shown={shown} link={link} />
          <Body pair={shown.pair} link={link} />
        </>
      )}
    </main>
  );
}

/** Whole distributions in the place of bounds: computed when they are asked for, since each place takes its own. */
function Exactly({ link }: { readonly link: PairLink }) {
  const { measuring } = link;
  if (!measuring) {
    return (
      <button type="button" class="link pair-jump" onClick={() => void link.measure()}>
        Compute exactly
      </button>
    );
  }
  return (
    <span class="pair-jump">
      Computing{measuring.total > 0 ? `, ${measuring.done} of ${measuring.total}` : ''}…{' '}
      <button type="button" class="link" onClick={() => link.stop()}>
        Stop
      </button>
    </span>
  );
}

function Body({ pair, link }: { readonly pair: RunPair; readonly link: PairLink }) {
  const theme = useTheme();
  const { selected, alternatives } = link;
  const row = selected === null ? undefined : pair.rows[selected];
  const select = (index: number): void => link.select(index);
  const { difference, shared, comparable } = pair;
  const places: readonly (readonly [name: string, index: number | undefined])[] = [
    ['First difference', comparable.state === 'tokens' ? difference?.index : undefined],
    ['Largest divergence', shared.largest && shared.largest.klAtLeast > 0 ? shared.largest.index : undefined],
  ];
  return (
    <div class="pair-body">
      <div class="pair-main">
        <div class="pair-verdict">
          {verdict(pair).map((sentence) => (
            <p key={sentence}>{sentence}</p>
          ))}
          <p>
            {places.map(([name, index]) =>
              index === undefined ? null : (
                <button type="button" class="link pair-jump" key={name} onClick={() => select(index)}>
                  {name}: {index}
                </button>
              ),
            )}
            {comparable.state === 'tokens' && pair.measurable && !shared.exact && <Exactly link={link} />}
          </p>
        </div>
        {comparable.state === 'tokens' && (
          <DivergenceChart pair={pair} selected={selected} onSelect={select} theme={theme} />
        )}
        <PairTable rows={pair.rows} selected={selected} onSelect={select} />
      </div>
      <aside class="pair-side" aria-label="Details" tabIndex={0}>
        {row && <PlacePanel row={row} alternatives={alternatives?.index === row.index ? alternatives : null} />}
        <SideBySide pair={pair} />
      </aside>
    </div>
  );
}
