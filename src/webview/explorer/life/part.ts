import type { ComponentChildren } from 'preact';
import type { Trace } from '../../../core/trace/record';
import type { TabProps } from '../tab';
import type { LifeState } from './state';
import type { LifeRun } from './use-life';

/** What a part of the Life tab gets: what the tab gets, of a run whose prompt is a board. */
export interface LifePartProps extends Omit<TabProps, 'trace' | 'runId' | 'state' | 'setState'> {
  readonly trace: Trace;
  readonly runId: string;
  readonly run: LifeRun;
  readonly state: LifeState;
  readonly setState: (partial: Partial<LifeState>) => void;
  /** The choice of parts, for the part's first row. */
  readonly lead: ComponentChildren;
}
