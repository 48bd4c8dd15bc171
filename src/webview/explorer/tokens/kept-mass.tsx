import { count, counted, probability, probabilityRange } from '../../components/format';
import type { WhatIf, WhatIfRow } from './what-if';
import '../../components/hatched.css';
import './kept-mass.css';

/** The mass that the filters keep, most probable first, with the chosen token framed in it; what they cut is hatched. */
export function KeptMass({ result, chosen }: { readonly result: WhatIf; readonly chosen: WhatIfRow | undefined }) {
  const { keptMass, keptCount, chosenSpan } = result;
  const percent = (part: number): string => `${100 * Math.min(1, Math.max(0, part))}%`;
  const stays = chosen !== undefined && chosen.after.high > 0;
  const span = stays && chosenSpan ? chosenSpan.map((part) => part * keptMass.low) : null;
  const words = !chosen
    ? ''
    : stays
      ? `chosen stays: p′ ${probabilityRange(chosen.after)}`
      : `chosen is cut${chosen.cut ? ` by ${chosen.cut}` : ''}`;
  return (
    <div class="kept">
      <div class="kept-words">
        <span title="Mass of the kept tokens in the distribution after temperature, before anything is cut.">
          Kept mass <b>{probabilityRange(keptMass)}</b>
          {keptCount !== null && ` in ${counted(keptCount, 'token')}`}
        </span>
        <span class="muted">cut {probabilityRange({ low: 1 - keptMass.high, high: 1 - keptMass.low })}</span>
      </div>
      <div
        class="kept-bar hatched"
        role="img"
        aria-label={`Kept mass ${probability(keptMass.low)}${keptCount === null ? '' : `, ${count(keptCount)} tokens`}; ${words}`}
      >
        <i class="kept-fill" style={{ width: percent(keptMass.low) }} />
        {span && <i class="kept-chosen" style={{ left: percent(span[0]!), width: percent(span[1]! - span[0]!) }} />}
      </div>
      {words && (
        <div class="kept-words">
          <span class="kept-chosen-words" style={{ '--at': span ? (span[0]! + span[1]!) / 2 : 0 }}>
            {words}
          </span>
        </div>
      )}
    </div>
  );
}
