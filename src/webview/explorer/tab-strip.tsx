import { useRef } from 'preact/hooks';
import type { Tab } from './tab';
import { loadAhead } from './tab-view';

export interface TabStripProps {
  readonly tabs: readonly Tab[];
  readonly current: string;
  readonly onTab: (id: string) => void;
}

export function tabId(id: string): string {
  return `tab-${id}`;
}

export const PANEL_ID = 'tab-panel';

/** The titles of the tabs: one stop for the keyboard, arrows go from title to title. */
export function TabStrip({ tabs, current, onTab }: TabStripProps) {
  const strip = useRef<HTMLDivElement>(null);
  const go = (place: number): void => {
    const next = tabs[(place + tabs.length) % tabs.length]!;
    onTab(next.id);
    strip.current?.querySelector<HTMLElement>(`#${tabId(next.id)}`)?.focus();
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const place = tabs.findIndex((tab) => tab.id === current);
    if (event.key === 'ArrowRight') go(place + 1);
    else if (event.key === 'ArrowLeft') go(place - 1);
    else if (event.key === 'Home') go(0);
    else if (event.key === 'End') go(tabs.length - 1);
    else return;
    event.preventDefault();
  };
  return (
    <div class="tabs" role="tablist" aria-label="Views of the run" ref={strip} onKeyDown={onKeyDown}>
      {tabs.map((tab) => (
        <button
          key={tab.id}
          id={tabId(tab.id)}
          type="button"
          role="tab"
          aria-selected={tab.id === current}
          aria-controls={PANEL_ID}
          tabIndex={tab.id === current ? 0 : -1}
          onPointerEnter={() => loadAhead(tab)}
          onClick={() => onTab(tab.id)}
        >
          {tab.title}
        </button>
      ))}
    </div>
  );
}
