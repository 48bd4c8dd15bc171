import type { ComponentChildren } from 'preact';
import { Board, type BoardProps } from '../../components/board';
import './board-figure.css';

export interface BoardFigureProps extends BoardProps {
  readonly title: string;
  readonly subtitle: string;
  /** At the right of the heading. */
  readonly facts: ComponentChildren;
}

/** A board under its heading. */
export function BoardFigure({ title, subtitle, facts, ...board }: BoardFigureProps) {
  return (
    <figure class="life-figure" style={{ width: `${board.geometry.across}px` }}>
      <figcaption style={{ paddingLeft: `${board.geometry.left}px` }}>
        <span class="life-figure-title">
          <b>{title}</b> <span class="muted">{subtitle}</span>
        </span>
        <span class="life-figure-facts">{facts}</span>
      </figcaption>
      <Board {...board} />
    </figure>
  );
}
