import type { AttentionOverview, AttentionPair } from '../../../protocol/attention';
import { STATISTICS, headIndex, headTitle } from './heads';
import { StandingStrip } from './standing-strip';
import type { HeadRef } from './state';
import { WEIGHT_DEFINITION } from './weight-format';

export interface HeadStandingProps {
  readonly overview: AttentionOverview;
  readonly head: HeadRef;
  /** The selected pair as one more number, where it has no table of its own. */
  readonly pair: { readonly title: string; readonly value: AttentionPair | null } | null;
}

/** Where a head stands among all heads: for each number a strip with one tick a head, from 0 to the largest. */
export function HeadStanding({ overview, head, pair }: HeadStandingProps) {
  const index = headIndex(overview, head);
  return (
    <section class="head-standing" aria-label={`${headTitle(head)} among all heads`}>
      <header class={pair ? 'unseen' : ''}>
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
      {pair && (
        <StandingStrip
          title={pair.title}
          unit=""
          decimals={2}
          definition={`The selected pair in every head. ${WEIGHT_DEFINITION}`}
          values={Array.from(pair.value?.weights ?? [])}
          index={pair.value ? index : null}
        />
      )}
    </section>
  );
}
