import { useEffect, useRef, useState } from 'preact/hooks';
import { count, probability } from '../components/format';
import { Icon } from '../components/icon';
import { TokenLabel } from '../components/token-chip';
import { tokenLabel } from '../components/token-label';
import type { WhatIfRow } from '../explorer/tokens/what-if';
import '../components/hatched.css';
import '../components/probability-bars.css';

/** A token that may come next. `chosen`: the text goes on with it. */
export interface Alternative extends WhatIfRow {
  /** What it reads as; null until it is known. */
  readonly text: string | null;
  /** Why it cannot be inserted; null where it can. */
  readonly why: string | null;
}

export interface AlternativesProps {
  /** Most probable first; the last may stand below a gap. */
  readonly rows: readonly Alternative[];
  /** Another place begins at the first row again. */
  readonly place: number;
  readonly onInsert: (row: Alternative) => void;
}

/** The alternatives as a list box: arrows move, Enter or a click inserts. */
export function Alternatives({ rows, place, onInsert }: AlternativesProps) {
  const [active, setActive] = useState(0);
  const list = useRef<HTMLDivElement>(null);
  useEffect(() => setActive(0), [place]);
  const at = Math.min(active, rows.length - 1);
  const scale = rows.reduce((most, row) => Math.max(most, row.p, row.after.high), 1e-9);

  const go = (to: number): void => {
    const next = Math.max(0, Math.min(rows.length - 1, to));
    setActive(next);
    list.current?.children[next]?.scrollIntoView({ block: 'nearest' });
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const to = {
      ArrowUp: at - 1,
      ArrowDown: at + 1,
      Home: 0,
      End: rows.length - 1,
      PageUp: at - 10,
      PageDown: at + 10,
    }[event.key];
    if (to !== undefined) go(to);
    else if (event.key === 'Enter') {
      const row = rows[at];
      if (row && !event.repeat) onInsert(row);
    } else return;
    event.preventDefault();
  };

  return (
    <>
      <div class="next-row next-columns" aria-hidden="true">
        <span class="next-rank">#</span>
        <span>token</span>
        <span class="next-bar-title">
          <span class="next-long">p filled, p′ outlined</span>
          <span class="next-short">p, p′</span>
        </span>
        <span class="number" title="Probability by the model: softmax of the raw logits at temperature 1.">
          p
        </span>
        <span class="number" title="Probability after temperature and filters, or the rule that cuts the token first.">
          p′
        </span>
      </div>
      <div
        ref={list}
        class="next-list"
        role="listbox"
        tabIndex={0}
        aria-label="Alternatives, most probable first. Enter inserts."
        aria-activedescendant={rows.length > 0 ? `alternative-${at}` : undefined}
        onKeyDown={onKeyDown}
      >
        {rows.map((row, index) => (
          <Row
            key={row.id}
            row={row}
            id={`alternative-${index}`}
            active={index === at}
            gap={index > 0 && row.rank > (rows[index - 1]?.rank ?? 0) + 1}
            scale={scale}
            onPress={() => {
              setActive(index);
              onInsert(row);
            }}
          />
        ))}
      </div>
    </>
  );
}

interface RowProps {
  readonly row: Alternative;
  readonly id: string;
  readonly active: boolean;
  readonly gap: boolean;
  /** The probability that takes the whole width. */
  readonly scale: number;
  readonly onPress: () => void;
}

function Row({ row, id, active, gap, scale, onPress }: RowProps) {
  const { text, why, cut, after } = row;
  const width = (value: number): string => `${(100 * value) / scale}%`;
  const names = ['next-row', cut ? 'next-cut' : '', active ? 'next-active' : '', gap ? 'next-gap' : ''];
  const spoken = [
    text === null ? `token ${row.id}` : text.trim() === text && text !== '' ? text : tokenLabel(text),
    `rank ${row.rank}`,
    `p ${probability(row.p)}`,
    cut ? `cut by ${cut}` : `after filters ${probability(after.low)}`,
    row.chosen ? 'the text goes on with it' : '',
    why ?? '',
  ];
  return (
    <div
      id={id}
      class={names.filter(Boolean).join(' ')}
      role="option"
      aria-selected={active}
      aria-disabled={why !== null}
      title={why ?? `Insert. Token id ${row.id}`}
      onClick={onPress}
    >
      <span class="unseen">{spoken.filter(Boolean).join(', ')}</span>
      <span class="next-rank number" aria-hidden="true">
        {count(row.rank)}
      </span>
      <span class="next-token" aria-hidden="true">
        <span class={why === null ? 'bars-text' : 'bars-text next-fixed'}>
          {text === null ? `id ${row.id}` : <TokenLabel text={text} />}
        </span>
        {row.chosen && <Icon name="check" class="bars-check" />}
      </span>
      <span class="bar" aria-hidden="true">
        <i class={cut ? 'bar-p hatched' : 'bar-p'} style={{ width: width(row.p) }} />
        {!cut && <i class="bar-after" style={{ width: width(after.low) }} />}
      </span>
      <span class="number" aria-hidden="true">
        {probability(row.p)}
      </span>
      <span class="number" aria-hidden="true">
        {cut ?? probability(after.low)}
      </span>
    </div>
  );
}
