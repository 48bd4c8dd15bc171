import type { VNode } from 'preact';
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { TraceToken } from '../../core/trace/record';
import { type TokenGroup, tokenLabel } from '../../core/text/tokens';
import { ByteGroups, isBytes } from './byte-groups';
import { memo } from './memo';
import { type Rgb, css, inkOn } from '../../core/colour/colour';
import { TextLayout, nearestInLine } from './text-layout';
import type { ThemeInfo } from './theme';
import { TokenLabel } from './token-chip';
import { useSize } from './use-size';
import './token-text.css';

export interface TokenTextProps {
  readonly tokens: readonly TraceToken[];
  readonly promptLength: number;
  readonly selected: number | null;
  readonly hovered: number | null;
  readonly onSelect: (index: number) => void;
  readonly onHover: (index: number | null) => void;
  readonly theme: ThemeInfo;
  /** Fill of a token's chip; null for none. A new function where fills change. */
  readonly fill: (token: TraceToken) => Rgb | null;
  readonly label: string;
  /** Lines on show before the text scrolls. */
  readonly lines: number;
  readonly onKeyDown: (event: KeyboardEvent) => void;
  readonly follow: boolean;
  /** What stands below a token. A new function where marks change. */
  readonly mark?: (token: TraceToken) => TokenMark | null;
  /** Neighbouring tokens in a box. */
  readonly frames?: readonly TokenFrame[];
}

export interface TokenMark {
  /** `token-mark-NAME` and, on the chip, `chip-NAME` are styled by who asks for the mark. */
  readonly name: string;
  /** What it means, for those who do not see it. */
  readonly says: string;
}

/** Tokens `start` to `end` (exclusive). */
export interface TokenFrame {
  readonly start: number;
  readonly end: number;
  /** Class beside `token-frame`. */
  readonly class: string;
}

/** Pixels: see `token-text.css`. */
const FONT = 16.5;
const BYTE_FONT = 12;
export const LINE_PITCH = 42;
const PADDING = 3;
/** At both ends of a line, so that the ring of a selected chip is not cut. */
const EDGE = 6;
/** Ground between two chips. */
const GAP = 1;
/** Between the parts of a character and the character itself. */
const WHOLE_GAP = 5;
/** What ARIA says of the size of a list that still grows. */
const UNKNOWN_COUNT = -1;
/** Lines drawn above and below those on show. */
const SPARE = 3;

/** The run as text, each token a chip: lines outside the scrolled part are not in the page. */
export function TokenText(props: TokenTextProps) {
  const { tokens, selected, hovered, theme, follow } = props;
  const [pane, size] = useSize<HTMLDivElement>();
  const [scrollTop, setScrollTop] = useState(0);
  const layout = useLayout(tokens, Math.max(0, size.width - 2 * EDGE), theme.fontFamily);
  const total = layout ? layout.text.lines.length : 0;
  const shownLine = selected === null || !layout ? null : layout.text.lineOf(selected);

  // The selection is scrolled into view; while the run grows unattended, so is its end.
  useLayoutEffect(() => {
    const element = pane.current;
    if (!element) return;
    if (follow) {
      element.scrollTop = element.scrollHeight;
    } else if (shownLine !== null) {
      const top = shownLine * LINE_PITCH;
      if (top < element.scrollTop) element.scrollTop = top;
      else if (top + LINE_PITCH > element.scrollTop + element.clientHeight) {
        element.scrollTop = top + LINE_PITCH - element.clientHeight;
      }
    }
  }, [shownLine, follow, total, size.height]);

  const first = Math.max(0, Math.floor(scrollTop / LINE_PITCH) - SPARE);
  const last = Math.min(total, Math.ceil((scrollTop + Math.max(size.height, LINE_PITCH)) / LINE_PITCH) + SPARE);
  const rendered: VNode[] = [];
  for (let line = first; layout && line < last; line++) {
    const { start, end } = layout.text.lines[line]!;
    rendered.push(
      <Line
        key={line}
        line={line}
        start={start}
        end={end}
        tokens={tokens}
        count={follow ? UNKNOWN_COUNT : tokens.length}
        promptLength={props.promptLength}
        layout={layout.text}
        groups={layout.groups}
        fill={props.fill}
        mark={props.mark}
        frames={props.frames}
        theme={theme}
        selected={selected !== null && selected >= start && selected < end ? selected : null}
        hovered={hovered !== null && hovered >= start && hovered < end ? hovered : null}
      />,
    );
  }

  const onKeyDown = (event: KeyboardEvent): void => {
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
    if (step === 0 || !layout || selected === null) return props.onKeyDown(event);
    const x = layout.text.lefts[selected]! + layout.text.widths[selected]! / 2;
    const next = nearestInLine(layout.text, layout.text.lineOf(selected) + step, x);
    event.preventDefault();
    if (next !== null) props.onSelect(next);
  };

  const shown = selected !== null && shownLine !== null && shownLine >= first && shownLine < last;
  return (
    <div
      class="token-text"
      ref={pane}
      role="listbox"
      aria-label={props.label}
      aria-orientation="horizontal"
      tabIndex={0}
      aria-activedescendant={shown ? chipId(selected) : undefined}
      style={{ maxHeight: `${props.lines * LINE_PITCH}px` }}
      onScroll={(event) => setScrollTop(event.currentTarget.scrollTop)}
      onKeyDown={onKeyDown}
      onPointerMove={(event) => props.onHover(tokenOf(event.target))}
      onPointerLeave={() => props.onHover(null)}
      onClick={(event) => {
        const index = tokenOf(event.target);
        if (index !== null) props.onSelect(index);
      }}
    >
      <div class="token-text-lines" role="none" style={{ height: `${total * LINE_PITCH}px` }}>
        {rendered}
      </div>
    </div>
  );
}

function chipId(index: number): string {
  return `token-${index}`;
}

function tokenOf(target: EventTarget | null): number | null {
  const chip = target instanceof Element ? target.closest<HTMLElement>('.chip') : null;
  return chip ? Number(chip.dataset['index']) : null;
}

interface LineProps {
  readonly line: number;
  readonly start: number;
  readonly end: number;
  readonly tokens: readonly TraceToken[];
  /** Tokens of the run, or that this is not known yet: what is said of each is its place among them. */
  readonly count: number;
  readonly promptLength: number;
  readonly layout: TextLayout;
  readonly groups: ByteGroups;
  readonly fill: TokenTextProps['fill'];
  readonly mark: TokenTextProps['mark'];
  readonly frames: TokenTextProps['frames'];
  readonly theme: ThemeInfo;
  readonly selected: number | null;
  readonly hovered: number | null;
}

/** Drawn again only where something of it has changed: while a run streams in, that is its last line. */
const Line = memo(function Line(props: LineProps) {
  const { layout, start, end, tokens, groups } = props;
  const right = (index: number): number => layout.lefts[index]! + layout.widths[index]!;
  const frames = (props.frames ?? [])
    .map((frame) => ({ ...frame, from: Math.max(start, frame.start), to: Math.min(end, frame.end) }))
    .filter(({ from, to }) => from < to);
  const chips: VNode[] = [];
  const marks: VNode[] = [];
  for (let index = start; index < end; index++) {
    const mark = props.mark?.(tokens[index]!) ?? null;
    if (mark) {
      const style = { left: `${layout.lefts[index]!}px`, width: `${layout.widths[index]! - GAP}px` };
      marks.push(<i key={index} class={`token-mark token-mark-${mark.name}`} role="none" style={style} />);
    }
    chips.push(
      <Chip
        key={index}
        token={tokens[index]!}
        count={props.count}
        left={layout.lefts[index]!}
        width={layout.widths[index]!}
        group={groups.of(index)}
        fill={props.fill(tokens[index]!)}
        mark={mark}
        theme={props.theme}
        selected={index === props.selected}
        hovered={index === props.hovered}
      />,
    );
  }
  const promptEnd = Math.min(end, props.promptLength);
  return (
    <div class="token-line" role="none" style={{ top: `${props.line * LINE_PITCH}px` }}>
      {frames.map((frame) => (
        <i
          key={frame.class}
          role="none"
          class={[
            'token-frame',
            frame.class,
            frame.from > frame.start ? 'token-frame-goes-on' : '',
            frame.to < frame.end ? 'token-frame-open' : '',
          ]
            .filter(Boolean)
            .join(' ')}
          style={{
            left: `${layout.lefts[frame.from]! - 1}px`,
            width: `${right(frame.to - 1) - layout.lefts[frame.from]! + 1}px`,
          }}
        />
      ))}
      {chips}
      {marks}
      {promptEnd > start && (
        <i
          class="prompt-rule"
          role="none"
          style={{ width: `${layout.lefts[promptEnd - 1]! + layout.widths[promptEnd - 1]! - PADDING}px` }}
        />
      )}
    </div>
  );
});

interface ChipProps {
  readonly token: TraceToken;
  readonly count: number;
  readonly left: number;
  readonly width: number;
  readonly group: TokenGroup | null;
  readonly fill: Rgb | null;
  readonly mark: TokenMark | null;
  readonly theme: ThemeInfo;
  readonly selected: boolean;
  readonly hovered: boolean;
}

function Chip({ token, count, left, width, group, fill, mark, theme, selected, hovered }: ChipProps) {
  const style: Record<string, string> = { left: `${left}px`, width: `${width - GAP}px` };
  if (fill) {
    style['backgroundColor'] = css(fill);
    style['color'] = css(inkOn(fill, theme.colours.foreground));
  }
  const names = ['chip'];
  if (fill) names.push('chip-filled');
  if (mark) names.push(`chip-${mark.name}`);
  if (token.special) names.push('chip-special');
  if (selected) names.push('chip-selected');
  if (hovered && !selected) names.push('chip-hovered');
  if (isBytes(token)) names.push('chip-bytes');
  if (group) {
    names.push('chip-part');
    if (group.start === token.index) names.push('chip-part-first');
    if (group.end === token.index + 1) names.push('chip-part-last');
  }
  return (
    <span
      id={chipId(token.index)}
      class={names.join(' ')}
      role="option"
      aria-selected={selected}
      aria-posinset={token.index + 1}
      aria-setsize={count}
      data-index={token.index}
      style={style}
      {...(group ? { title: groupTitle(group, token.index) } : {})}
    >
      <TokenLabel text={token.text} />
      {group?.end === token.index + 1 && <b class="chip-whole">{group.text}</b>}
      {mark && <span class="unseen">, {mark.says}</span>}
    </span>
  );
}

function groupTitle(group: TokenGroup, index: number): string {
  return `Part ${index - group.start + 1} of ${group.end - group.start} of “${group.text}”`;
}

interface RunLayout {
  readonly text: TextLayout;
  readonly groups: ByteGroups;
}

/** Lines of the run at a width; goes on from where it was while tokens stream in. */
function useLayout(tokens: readonly TraceToken[], width: number, family: string): RunLayout | null {
  const kept = useRef<{ tokens: readonly TraceToken[]; width: number; family: string; layout: RunLayout } | null>(null);
  const [fonts, setFonts] = useState(0);
  useEffect(() => void document.fonts.ready.then(() => setFonts((loads) => loads + 1)), []);
  const measure = useMemo(() => textMeasure(family), [family, fonts]);
  if (width === 0) return null;
  const old = kept.current;
  if (
    !old ||
    old.tokens !== tokens ||
    old.width !== width ||
    old.family !== family ||
    old.layout.text.count > tokens.length
  ) {
    kept.current = { tokens, width, family, layout: { text: new TextLayout(width), groups: new ByteGroups() } };
  }
  const { layout } = kept.current!;
  layout.groups.add(tokens);
  for (let index = layout.text.count; index < tokens.length; index++) {
    const token = tokens[index]!;
    const group = layout.groups.of(index);
    const whole = group?.end === index + 1 ? measure(group.text, FONT) + WHOLE_GAP : 0;
    layout.text.add({
      width:
        Math.ceil(measure(tokenLabel(token.text), isBytes(token) ? BYTE_FONT : FONT) + whole) +
        2 * PADDING +
        GAP +
        (group ? 2 : 0),
      opensWord: group ? group.start === index : token.special || opensWord(token.text),
      endsLine: /\n$/.test(token.text),
    });
  }
  return layout;
}

/** Whether a line may begin with it: not with a break alone, which stays with what it ends. */
function opensWord(text: string): boolean {
  return /^\s/.test(text) && !/^\s*\n$/.test(text);
}

function textMeasure(family: string): (text: string, size: number) => number {
  const context = document.createElement('canvas').getContext('2d')!;
  const widths = new Map<string, number>();
  return (text, size) => {
    const key = `${size} ${text}`;
    let width = widths.get(key);
    if (width === undefined) {
      context.font = `${size}px ${family}`;
      width = context.measureText(text).width;
      widths.set(key, width);
    }
    return width;
  };
}
