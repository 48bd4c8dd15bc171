import type { Progress } from '../../../protocol/call';

/** How much of what the engine reads for a view is read. */
export function ShareRead({ progress: { done, total } }: { readonly progress: Progress }) {
  return (
    <>
      <progress value={done} max={total} aria-label="Share read" />
      <p class="muted">{Math.floor((100 * done) / Math.max(1, total))} % read</p>
    </>
  );
}
