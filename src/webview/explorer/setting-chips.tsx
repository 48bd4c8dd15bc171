import { useLayoutEffect, useState } from 'preact/hooks';
import { useSize } from '../components/use-size';

export interface SettingChip {
  readonly key: string;
  readonly name: string;
  readonly value: string;
}

/** A chip of the row, and whether its setting changes nothing as the others stand. */
export interface OfferedChip extends SettingChip {
  readonly idle: boolean;
}

export interface SettingChipsProps {
  readonly chips: readonly OfferedChip[];
  readonly open: boolean;
  readonly onToggle: (key: string) => void;
}

/** Settings in one row, never two: what has no room is left to the editor that each of them opens. */
export function SettingChips({ chips, open, onToggle }: SettingChipsProps) {
  const [row, { width }] = useSize<HTMLDivElement>();
  const [widths, setWidths] = useState<readonly number[]>([]);
  const said = chips.map(({ name, value }) => `${name} ${value}`).join('\n');
  useLayoutEffect(() => {
    const measured = Array.from(row.current?.children ?? [], (chip) => Math.ceil(chip.getBoundingClientRect().width));
    setWidths((old) =>
      old.length === measured.length && old.every((each, at) => each === measured[at]) ? old : measured,
    );
  }, [said, width]);
  const shown = fittingChips(chips, widths, width);
  return (
    <div class="chips" ref={row}>
      {chips.map(({ key, name, value, idle }, place) => (
        <button
          key={key}
          type="button"
          class={['setting', idle ? 'setting-idle' : '', shown.has(place) ? '' : 'setting-left-out']
            .filter(Boolean)
            .join(' ')}
          aria-haspopup="dialog"
          aria-expanded={open}
          title={`${name} ${value}: change the settings of the run`}
          onClick={() => onToggle(key)}
        >
          {name} <b>{value}</b>
        </button>
      ))}
    </div>
  );
}

/** Pixels between two chips, as the style sheet has it. */
const GAP = 8;

/** Places of the chips that fit a row of so many pixels: those that say least are left out first. */
export function fittingChips(
  chips: readonly OfferedChip[],
  widths: readonly number[],
  room: number,
): ReadonlySet<number> {
  const order = chips.map((_, place) => place).sort((a, b) => saysLittle(chips[b]!) - saysLittle(chips[a]!) || b - a);
  let needed = widths.reduce((sum, width) => sum + width + GAP, -GAP);
  const shown = new Set(order);
  for (const place of order) {
    if (needed <= room) break;
    shown.delete(place);
    needed -= (widths[place] ?? 0) + GAP;
  }
  return shown;
}

/** How little a chip says: a filter that cuts nothing, then the seed, then a filter, then all others. */
function saysLittle({ key, value, idle }: OfferedChip): number {
  if (idle || value === 'off') return 3;
  if (key === 'seed') return 2;
  return ['topK', 'topP', 'minP'].includes(key) ? 1 : 0;
}
