import type { TokenOrigin } from '../../core/sequence/pass';

/** Everything that has a shape of its own: how a token came, and what became of a drafted one. */
export type MarkKind = Exclude<TokenOrigin, 'prompt'> | 'rejected' | 'unused';

/** Middle of a mark, and the sides of the room that it may fill. */
export interface MarkBox {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** The outline of a mark as the path of an SVG, which a canvas draws too: kinds are told apart without colour. */
export function markPath(kind: MarkKind, { x, y, width, height }: MarkBox): string {
  const [left, top, right, bottom] = [x - width / 2, y - height / 2, x + width / 2, y + height / 2];
  const radius = Math.min(width, height) / 2;
  switch (kind) {
    case 'accepted':
      return `M${left} ${top}H${right}V${bottom}H${left}Z`;
    case 'rejected':
      return `M${left + 0.5} ${top + 0.5}H${right - 0.5}V${bottom - 0.5}H${left + 0.5}ZL${left + 0.5} ${bottom - 0.5}L${right - 0.5} ${top + 0.5}`;
    case 'unused':
      return `M${left + 0.5} ${top + 0.5}H${right - 0.5}V${bottom - 0.5}H${left + 0.5}Z`;
    case 'replacement':
      return `M${x} ${y - radius}L${x + radius} ${y}L${x} ${y + radius}L${x - radius} ${y}Z`;
    case 'bonus':
      return circle(x, y, radius);
    case 'sampled':
      return circle(x, y, Math.max(1.5, radius - 1));
    case 'handed-over':
      return `M${x} ${y - radius}L${x + radius} ${y + radius}H${x - radius}Z`;
  }
}

function circle(x: number, y: number, radius: number): string {
  return `M${x - radius} ${y}a${radius} ${radius} 0 1 0 ${2 * radius} 0a${radius} ${radius} 0 1 0 ${-2 * radius} 0Z`;
}
