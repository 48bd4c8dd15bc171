/** What a result can show, in the order in which it does. */
export const SHOWN = ['tokens', 'attention', 'speculation'] as const;
export type Shown = (typeof SHOWN)[number];
