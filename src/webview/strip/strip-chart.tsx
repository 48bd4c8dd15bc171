import { useEffect, useRef, useState } from 'preact/hooks';
import { Problem } from '../../protocol/errors';
import type { Strip } from '../../protocol/stripView';
import { count, counted } from '../components/format';
import { Icon } from '../components/icon';
import { WINDOW } from '../components/lane-geometry';
import { useTheme } from '../components/theme';
import { tokenForKey } from '../components/token-keys';
import { describe, EntropyKey, TokenLanes } from '../components/token-lanes';
import { TokenTable } from '../components/token-table';
import type { StripLink } from './link';
import './strip.css';

export interface StripChartProps {
  readonly strip: Strip;
  readonly link: StripLink;
}

/** A column a token; what is pointed at here is framed in the editor. */
export function StripChart({ strip, link }: StripChartProps) {
  const { place, tokens, cursor } = strip;
  const theme = useTheme();
  const { table } = link.kept;
  // The token before the cursor, until another one is chosen; a cursor that moves takes the choice back.
  const [chosen, setChosen] = useState<number | null>(null);
  const [hovered, setHovered] = useState<number | null>(null);
  const [said, setSaid] = useState('');
  useEffect(() => {
    setChosen(null);
    setHovered(null);
  }, [place, cursor]);
  const selected = chosen ?? (cursor === null ? null : Math.max(0, cursor - 1));

  const pointed = useRef<string>('');
  const point = (index: number | null, how: 'frame' | 'reveal' | 'go'): void => {
    const key = `${place} ${index} ${how}`;
    // The pointer tells every pixel.
    if (how === 'frame' && key === pointed.current) return;
    pointed.current = key;
    link.api.call('point', { place, index, how }).then(
      () => setSaid(''),
      (error: unknown) => {
        const { message, action } = Problem.from(error);
        setSaid([message, action].filter(Boolean).join(' '));
      },
    );
  };
  const select = (index: number): void => {
    setChosen(index);
    point(index, 'reveal');
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    if (event.key === 'Enter' && selected !== null) point(selected, 'go');
    else if (event.key === 'Escape') {
      setChosen(null);
      point(null, 'frame');
    } else {
      const next = tokenForKey(event.key, selected, tokens.length, WINDOW / 4);
      if (next === null) return;
      select(next);
    }
    event.preventDefault();
  };
  const onHover = (index: number | null): void => {
    setHovered(index);
    point(index ?? chosen, 'frame');
  };
  const active = tokens[hovered ?? selected ?? -1];
  return (
    <div class="strip">
      <header class="strip-head">
        <span class="muted">{whatOf(strip)}</span>
        {strip.of === 'cursor' && (
          <button type="button" class="link" onClick={() => void link.shared.call('act', { action: 'colour' })}>
            Colour the whole text
          </button>
        )}
        <span class="strip-keys">
          {!table && (
            <>
              <span class="key">
                <i class="swatch swatch-surprisal" />
                surprisal, bits
              </span>
              <span class="key">
                <EntropyKey />
                entropy
              </span>
              <span class="key strip-hint" aria-hidden="true">
                <kbd>←</kbd>
                <kbd>→</kbd> token, <kbd>Enter</kbd> go there
              </span>
            </>
          )}
          <button
            type="button"
            class="strip-toggle"
            aria-pressed={table}
            aria-label="Table"
            title={table ? 'Show as chart' : 'Show as table'}
            onClick={() => link.keep({ table: !table })}
          >
            <Icon name="table" />
          </button>
        </span>
      </header>
      <p class="strip-active">{active ? describe(active) : 'The cursor is outside of what is shown.'}</p>
      {[...strip.notes, ...(said === '' ? [] : [said])].map((note) => (
        <p key={note} class="strip-note muted" role="status">
          {note}
        </p>
      ))}
      {table ? (
        <TokenTable tokens={tokens} selected={selected} onSelect={select} onKeyDown={onKeyDown} />
      ) : (
        <TokenLanes
          tokens={tokens}
          promptLength={null}
          cursor={cursor}
          low
          selected={selected}
          hovered={hovered}
          onSelect={select}
          onHover={onHover}
          theme={theme}
          follow={false}
          onKeyDown={onKeyDown}
        />
      )}
    </div>
  );
}

/** Whose numbers of what these are: `almanac, the last 255 tokens before the cursor in text.md`. */
function whatOf({ model, file, of, tokens, from, total, whole }: Strip): string {
  const name = file.slice(file.lastIndexOf('/') + 1);
  if (of === 'cursor') {
    return `${model}, ${whole ? 'all' : 'the last'} ${counted(total, 'token')} before the cursor in ${name}`;
  }
  const part =
    tokens.length < total
      ? `tokens ${count(from)} to ${count(from + tokens.length - 1)} of ${count(total)}`
      : counted(total, 'token');
  return `${model}, ${part}, as ${whole ? name : `the selection in ${name}`} is coloured`;
}
