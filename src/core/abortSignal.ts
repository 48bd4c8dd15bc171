/** The part of AbortSignal that core needs; core has no DOM or node types. */
export interface AbortSignalLike {
  readonly aborted: boolean;
}
