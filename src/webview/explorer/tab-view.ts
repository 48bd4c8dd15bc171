import type { FunctionComponent } from 'preact';
import { useLayoutEffect, useState } from 'preact/hooks';
import type { TabProps } from './tab';

/** How far the view of a tab is. */
export type ViewState<Props = TabProps> =
  | { readonly state: 'loading' }
  | { readonly state: 'ready'; readonly View: FunctionComponent<Props> }
  | { readonly state: 'failed'; readonly again: () => void };

/** What has a view that is loaded when it is shown. */
export interface Loadable<Props = TabProps> {
  readonly load: () => Promise<FunctionComponent<Props>>;
}

/** Each under what loads it, which knows what it takes. */
const views = new WeakMap<object, FunctionComponent<never>>();

/** Loads the view of a tab ahead of its being shown. A failure is told when the tab is shown, and loads it again. */
export function loadAhead(tab: Loadable): void {
  if (!views.has(tab)) void tab.load().then((view) => views.set(tab, view), ignore);
}

/**
 * The view of the tab on show, or of another part. One that has been shown before is there at once.
 * @param tab null: nothing is loaded.
 */
export function useTabView<Props = TabProps>(tab: Loadable<Props> | null): ViewState<Props> {
  const [, setArrived] = useState<FunctionComponent<Props> | null>(null);
  const [failed, setFailed] = useState<Loadable<Props> | null>(null);
  const [attempt, setAttempt] = useState(0);
  useLayoutEffect(() => {
    if (!tab || views.has(tab)) return undefined;
    let over = false;
    setFailed(null);
    tab.load().then(
      (view) => {
        views.set(tab, view);
        if (!over) setArrived(() => view);
      },
      (error: unknown) => {
        // What the page cannot say in a sentence is for its console.
        reportError(error);
        if (!over) setFailed(tab);
      },
    );
    return () => {
      over = true;
    };
  }, [tab, attempt]);
  const View = tab ? (views.get(tab) as FunctionComponent<Props> | undefined) : undefined;
  if (View) return { state: 'ready', View };
  if (!tab || failed !== tab) return { state: 'loading' };
  return { state: 'failed', again: () => setAttempt(attempt + 1) };
}

function ignore(): void {
  // Told when the tab is shown.
}
