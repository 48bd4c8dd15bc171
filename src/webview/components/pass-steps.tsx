import type { ComponentChildren } from 'preact';
import { Button } from '../ui/button';
import { count } from './format';
import { Icon } from './icon';
import { Slider } from './slider';
import './pass-steps.css';

export interface PassStepsProps {
  /** Place of the chosen pass, from 0; passes read as counted from 1. */
  readonly at: number;
  readonly passes: number;
  /** The chosen pass in words. */
  readonly text: string;
  /** Places that have a rejection. */
  readonly ticks: readonly number[];
  readonly onPlace: (place: number) => void;
  /** More buttons, before the count. */
  readonly children?: ComponentChildren;
}

/** Goes through the passes of a run: to the first, one back, anywhere, one on, to the last. */
export function PassSteps({ at, passes, text, ticks, onPlace, children }: PassStepsProps) {
  const last = passes - 1;
  const step = (name: 'first' | 'previous' | 'next' | 'last', label: string, place: number, isEnd: boolean) => (
    <Button appearance="icon" label={label} disabled={isEnd} onClick={() => onPlace(place)}>
      <Icon name={name} />
    </Button>
  );
  return (
    <span class="pass-steps">
      {step('first', 'First pass', 0, at <= 0)}
      {step('previous', 'Previous pass', at - 1, at <= 0)}
      <span class="pass-steps-slider">
        <Slider
          label="Pass"
          place={at}
          last={Math.max(0, last)}
          text={text}
          onPlace={onPlace}
          ticks={ticks}
          disabled={passes < 2}
        />
      </span>
      {step('next', 'Next pass', at + 1, at >= last)}
      {step('last', 'Last pass', last, at >= last)}
      {children}
      <span class="pass-steps-at number">
        pass {count(passes === 0 ? 0 : at + 1)} of {count(passes)}
      </span>
    </span>
  );
}
