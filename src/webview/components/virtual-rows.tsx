import type { RefObject } from 'preact';
import { useLayoutEffect, useRef, useState } from 'preact/hooks';

/** CSS pixels of a row and of the head of a table; see `token-table.css`. */
const ROW = 22;
const HEAD = 26;
const SPARE = 8;

export interface VirtualRows {
  readonly pane: RefObject<HTMLDivElement | null>;
  readonly onScroll: (event: { readonly currentTarget: HTMLDivElement }) => void;
  /** Rows that are in the page: from the first to before the last. */
  readonly first: number;
  readonly last: number;
}

/** Which rows of a long table are in the page; the selected one is scrolled into view when it changes. */
export function useVirtualRows(count: number, selected: number | null): VirtualRows {
  const pane = useRef<HTMLDivElement>(null);
  const [view, setView] = useState({ top: 0, height: 400 });
  const look = (element: HTMLDivElement): void => setView({ top: element.scrollTop, height: element.clientHeight });

  useLayoutEffect(() => {
    const element = pane.current;
    if (!element || selected === null) return;
    const top = selected * ROW;
    const room = element.clientHeight - HEAD;
    if (top < element.scrollTop) element.scrollTop = top;
    else if (top + ROW > element.scrollTop + room) element.scrollTop = top + ROW - room;
  }, [selected, view.height]);
  useLayoutEffect(() => {
    const element = pane.current;
    if (!element) return;
    const observer = new ResizeObserver(() => look(element));
    observer.observe(element);
    return () => observer.disconnect();
  }, []);

  return {
    pane,
    onScroll: ({ currentTarget }) => look(currentTarget),
    first: Math.max(0, Math.floor(view.top / ROW) - SPARE),
    last: Math.min(count, Math.ceil((view.top + view.height) / ROW) + SPARE),
  };
}

/** Stands for rows that are not in the page. */
export function SpacerRow({ rows, columns }: { readonly rows: number; readonly columns: number }) {
  if (rows <= 0) return null;
  return (
    <tr aria-hidden="true">
      <td colSpan={columns} class="token-table-spacer" style={{ height: `${rows * ROW}px` }} />
    </tr>
  );
}
