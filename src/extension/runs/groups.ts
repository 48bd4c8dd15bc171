import type { RunDigest } from './digest';

/** Runs that stand together in the list: of one day, of one comparison, or those that are pinned. */
export type RunGroup = {
  /** Stable, for what is open. */
  readonly key: string;
  readonly members: readonly RunNode[];
} & ({ readonly kind: 'pinned' } | { readonly kind: 'day'; readonly day: Day } | { readonly kind: 'comparison' });

export type RunNode = RunGroup | RunDigest;

/** A day in the time of this machine; `date` is null where a run does not say when it was made. */
export interface Day {
  readonly date: Date | null;
  /** Days since then: 0 for today, negative for what is dated in the future. */
  readonly ago: number | null;
}

export function isGroup(node: RunNode): node is RunGroup {
  return 'members' in node;
}

/** The runs of a node, itself where it is one. */
export function runsOf(node: RunNode): readonly RunDigest[] {
  return isGroup(node) ? node.members.flatMap(runsOf) : [node];
}

/**
 * Runs as the list shows them: the pinned, then day by day, and in a day the rows of each comparison together, at the place
 * of the newest.
 * @param runs the newest first
 */
export function groupRuns(runs: readonly RunDigest[], now: Date): readonly RunGroup[] {
  const pinned = runs.filter((run) => run.pinned);
  const days = new Map<string, { readonly day: Day; readonly runs: RunDigest[] }>();
  for (const run of runs) {
    if (run.pinned) continue;
    const day = dayOf(run, now);
    const key = day.date ? `day:${day.date.getFullYear()}-${day.date.getMonth() + 1}-${day.date.getDate()}` : 'day:';
    const found = days.get(key);
    if (found) found.runs.push(run);
    else days.set(key, { day, runs: [run] });
  }
  return [
    ...(pinned.length > 0 ? [{ kind: 'pinned', key: 'pinned', members: pinned } as const] : []),
    ...[...days].map(([key, { day, runs: made }]) => ({ kind: 'day', key, day, members: together(made) }) as const),
  ];
}

/** Rows of a comparison in one group; one that is alone is a run as others are. */
function together(runs: readonly RunDigest[]): readonly RunNode[] {
  const rows = new Map<string, RunDigest[]>();
  for (const run of runs) {
    if (run.comparison === undefined) continue;
    rows.set(run.comparison, [...(rows.get(run.comparison) ?? []), run]);
  }
  const nodes: RunNode[] = [];
  for (const run of runs) {
    const members = run.comparison === undefined ? undefined : rows.get(run.comparison);
    if (!members || members.length === 1) nodes.push(run);
    else if (members[0] === run) nodes.push({ kind: 'comparison', key: `comparison:${run.comparison}`, members });
  }
  return nodes;
}

function dayOf({ createdAt }: RunDigest, now: Date): Day {
  const made = new Date(createdAt);
  if (Number.isNaN(made.getTime())) return { date: null, ago: null };
  const date = new Date(made.getFullYear(), made.getMonth(), made.getDate());
  const today = Date.UTC(now.getFullYear(), now.getMonth(), now.getDate());
  // Days of the calendar: not all have 24 hours.
  const ago = (today - Date.UTC(date.getFullYear(), date.getMonth(), date.getDate())) / 86_400_000;
  return { date, ago };
}
