import type { AttentionOverview } from '../../../protocol/attention';
import { STATISTICS, headIndex, headTitle } from './heads';
import { StandingStrip } from './standing-strip';
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
        <StandingStrip
          key={statistic.name}
          {...statistic}
          values={overview.statistics.map((each) => each[statistic.name])}
          index={index}
        />
      ))}
    </section>
  );
}
