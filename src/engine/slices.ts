import { setImmediate as nextLoop } from 'node:timers/promises';
import type { AbortSignalLike } from '../core/abortSignal';
import { throwIfAborted } from '../protocol/rpc';

/** How long a loop may hold the event loop, in milliseconds: a message waits no longer than this. */
export const SLICE_MILLISECONDS = 30;

/** Cuts long synchronous work into slices: call `pause` between steps of a few milliseconds at most. */
export class Slices {
  private since = performance.now();

  constructor(private readonly signal?: AbortSignalLike) {}

  /** Lets the event loop go round where the slice is used up. @throws Problem `cancelled` where the signal says so. */
  async pause(): Promise<void> {
    if (performance.now() - this.since < SLICE_MILLISECONDS) return;
    await nextLoop();
    if (this.signal) throwIfAborted(this.signal);
    this.since = performance.now();
  }
}
