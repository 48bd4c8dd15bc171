import { counted, probability } from '../../components/format';
import type { WhatIf } from './what-if';

/** The mass that the filters keep, most probable first, with the chosen token framed in it; what they cut is hatched. */
export function KeptMass({ result }: { readonly result: WhatIf }) {
  const { keptMass, keptCount, chosen } = result;
  const percent = (part: number): string => `${100 * Math.min(1, Math.max(0, part))}%`;
  const [from, to] = chosen?.span ?? [0, 0];
  const middle = ((from + to) / 2) * keptMass;
  return (
    <div class="kept">
      <div class="kept-words">
        <span title="Mass of the kept tokens in the distribution after temperature, before anything is cut.">
          Kept mass <b>{probability(keptMass)}</b> in {counted(keptCount, 'token')}
        </span>
        <span class="muted">cut {probability(1 - keptMass)}</span>
      </div>
      <div class="kept-bar hatched">
        <i class="kept-fill" style={{ width: percent(keptMass) }} />
        {chosen && !chosen.cut && (
          <i class="kept-chosen" style={{ left: percent(from * keptMass), width: percent((to - from) * keptMass) }} />
        )}
      </div>
      {chosen && (
        <div class="kept-words">
          <span class="kept-chosen-words" style={{ '--at': chosen.cut ? 0 : middle }}>
            {chosen.cut ? `chosen is cut by ${chosen.cut}` : `chosen stays: p′ ${probability(chosen.after)}`}
          </span>
        </div>
      )}
    </div>
  );
}
