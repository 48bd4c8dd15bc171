import type { AttentionOverview } from '../../../protocol/engine';
import { Definition } from '../../components/definition';
import { STATISTICS, type Statistic, headIndex, headTitle, rankOf } from './heads';
import type { HeadRef } from './state';

/** Where a head stands among all heads: for each number a strip with one tick a head, from 0 to the largest. */
export function HeadStanding({ overview, head }: { readonly overview: AttentionOverview; readonly head: HeadRef }) {
  const index = headIndex(overview, head);
  return (
    <section class="head-standing" aria-label={`${headTitle(head)} among all heads`}>
      <header>
        <h3>{headTitle(head)}</h3>
        <span
          title={index === null ? 'Entropy, distance and first-token mass are numbers of single heads.' : undefined}
        >
          {index === null ? 'not ranked' : `against all ${overview.statistics.length} heads`}
        </span>
      </header>
      {STATISTICS.map((statistic) => (
        <Strip key={statistic.name} statistic={statistic} overview={overview} index={index} />
      ))}
    </section>
  );
}

interface StripProps {
  readonly statistic: Statistic;
  readonly overview: AttentionOverview;
  readonly index: number | null;
}

const WIDTH = 1000;

function Strip({ statistic, overview, index }: StripProps) {
  const values = overview.statistics.map((each) => each[statistic.name]);
  const largest = Math.max(...values, Number.EPSILON);
  const value = index === null ? undefined : values[index];
  const x = (of: number): number => (of / largest) * WIDTH;
  return (
    <div class="strip">
      <Definition text={statistic.definition}>{statistic.title}</Definition>
      <span class="strip-value">
        {value === undefined ? (
          '–'
        ) : (
          <>
            <b>{value.toFixed(statistic.decimals)}</b>
            {statistic.unit && ` ${statistic.unit}`} · {rankOf(value, values)} of {values.length}
          </>
        )}
      </span>
      <div class="strip-plot" aria-hidden="true">
        <span>0</span>
        <svg viewBox={`0 0 ${WIDTH} 16`} preserveAspectRatio="none">
          <path class="strip-base" d={`M0 15.5H${WIDTH}`} />
          <path class="strip-ticks" d={values.map((each) => `M${x(each).toFixed(1)} 4V15`).join('')} />
          {value !== undefined && <path class="strip-chosen" d={`M${x(value).toFixed(1)} 0V15`} />}
        </svg>
        <span title={index === null ? 'Entropy, distance and first-token mass are those of single heads.' : ''}>
          {largest.toFixed(statistic.decimals)}
        </span>
      </div>
    </div>
  );
}
