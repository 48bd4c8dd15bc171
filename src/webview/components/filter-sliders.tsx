import type { ComponentChildren } from 'preact';
import type { FilterSettings } from '../../core/decode/filters';
import { TextField } from '../ui/text-field';
import { refusal } from './read-number';
import { FILTER_KEYS, type FilterKey, filterScale } from './sampling-scale';
import { Slider } from './slider';
import './filter-sliders.css';

export interface FilterSlidersProps {
  readonly value: FilterSettings;
  readonly onChange: (change: Partial<FilterSettings>) => void;
  /** Number of tokens, for the length of the top-k scale; null where unknown. */
  readonly vocabularySize: number | null;
  /** Settings to mark with a dashed tick, and what the tick means. */
  readonly marks?: { readonly value: FilterSettings; readonly title: string };
  /** What stands at the right of each row. */
  readonly notes?: Readonly<Record<FilterKey, ComponentChildren>>;
}

/** Temperature, top-k, top-p and min-p: a slider, the number, and what it does here. */
export function FilterSliders({ value, onChange, vocabularySize, marks, notes }: FilterSlidersProps) {
  return (
    <div class={notes ? 'filters filters-noted' : 'filters'}>
      {FILTER_KEYS.map((key) => {
        const scale = filterScale(key, vocabularySize);
        const shown = scale.format(value[key]);
        const set = (next: number): void => onChange({ [key]: next });
        return (
          <div class={`filter edit-${key}`} key={key} title={scale.definition}>
            <span class="filter-name">{scale.title}</span>
            <Slider
              label={scale.title}
              place={Math.round(scale.placeOf(value[key]))}
              last={scale.last}
              text={shown}
              onPlace={(place) => set(scale.valueAt(place))}
              {...(marks ? { mark: { place: scale.placeOf(marks.value[key]), title: marks.title } } : {})}
            />
            <TextField
              label={`${scale.title}, typed`}
              value={shown}
              onCommit={(text) => {
                const typed = scale.parse(text);
                return typed === null ? refusal(text, scale.accepts) : set(typed);
              }}
            />
            {notes && <span class="filter-note">{notes[key]}</span>}
          </div>
        );
      })}
    </div>
  );
}
