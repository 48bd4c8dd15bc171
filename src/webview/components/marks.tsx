import { type MarkBox, type MarkKind, markPath } from './mark-path';
import './marks.css';

/** The shape of a mark within a drawing. */
export function MarkShape({ kind, ...box }: MarkBox & { readonly kind: MarkKind }) {
  return <path class={`mark-${kind}`} d={markPath(kind, box)} />;
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
