import type { TokenOrigin } from '../../../core/trace/record';
import './marks.css';

/** Everything that has a shape of its own: how a token came, and what became of a drafted one. */
export type MarkKind = Exclude<TokenOrigin, 'prompt'> | 'rejected' | 'unused';

export interface MarkShapeProps {
  readonly kind: MarkKind;
  /** Middle, and the sides of the room that it may fill. */
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** The shape of a mark within a drawing: told apart without colour. */
export function MarkShape({ kind, x, y, width, height }: MarkShapeProps) {
  const [left, top, right, bottom] = [x - width / 2, y - height / 2, x + width / 2, y + height / 2];
  const radius = Math.min(width, height) / 2;
  switch (kind) {
    case 'accepted':
      return <rect class="mark-accepted" x={left} y={top} width={width} height={height} />;
    case 'rejected':
      return (
        <path
          class="mark-rejected"
          d={`M${left + 0.5} ${top + 0.5}H${right - 0.5}V${bottom - 0.5}H${left + 0.5}ZL${left + 0.5} ${bottom - 0.5}L${right - 0.5} ${top + 0.5}`}
        />
      );
    case 'unused':
      return <rect class="mark-unused" x={left + 0.5} y={top + 0.5} width={width - 1} height={height - 1} />;
    case 'replacement':
      return (
        <path
          class="mark-replacement"
          d={`M${x} ${y - radius}L${x + radius} ${y}L${x} ${y + radius}L${x - radius} ${y}Z`}
        />
      );
    case 'bonus':
      return <circle class="mark-bonus" cx={x} cy={y} r={radius} />;
    case 'sampled':
      return <circle class="mark-sampled" cx={x} cy={y} r={Math.max(1.5, radius - 1)} />;
    case 'handed-over':
      return <path class="mark-handed-over" d={`M${x} ${y - radius}L${x + radius} ${y + radius}H${x - radius}Z`} />;
  }
}

/** A mark by itself, such as in a legend or beside a word. */
export function Mark({ kind }: { readonly kind: MarkKind | 'prompt' }) {
  if (kind === 'prompt') return <i class="mark-prompt" />;
  const side = kind === 'replacement' || kind === 'handed-over' ? 11 : 10;
  return (
    <svg class="mark" width="12" height="12" viewBox="0 0 12 12" aria-hidden="true">
      <MarkShape kind={kind} x={6} y={6} width={side} height={side} />
    </svg>
  );
}
