import type { SpeculationSummary, TracePass, TraceToken } from '../trace/record';
import type { NextOrigin } from '../sequence/pass';
import { SpeculationCounter } from '../trace/speculation';

/** One step of a run after the prompt, and the tokens of the sequence that it brought. */
export interface StepRow {
  /** From 1, in the order of the run. */
  readonly number: number;
  /** null where a server did the step, and told its counts alone. */
  readonly pass: TracePass | null;
  /** null where nothing was drafted. */
  readonly draft: StepDraft | null;
  /** Tokens `start` to `end` (exclusive) became known with it. */
  readonly start: number;
  readonly end: number;
  /** Whether a drafted token was rejected. */
  readonly rejected: boolean;
}

/** The draft of a step in numbers: of a draft whose tokens a server did not tell, all that is known. */
export interface StepDraft {
  readonly drafted: number;
  readonly accepted: number;
  /** How the token after the accepted ones came to be; null where the sequence ended before it. */
  readonly next: NextOrigin | null;
}

/** One pass of the target of a run of this machine. */
export interface PassRow extends StepRow {
  readonly pass: TracePass;
}

/** What the drafts of a run came to; all counts are over the passes that verified one. */
export interface PassTotals {
  readonly speculation: SpeculationSummary;
  /** Drafted tokens that the target was asked about: those up to the first rejection. */
  readonly tested: number;
  /** Entry i: passes that asked about draft token i. */
  readonly testedByPosition: readonly number[];
  /** Drafted tokens after a rejection. */
  readonly unread: number;
  readonly rejected: number;
  /** Entry n: passes, with a draft or without, that brought n tokens. */
  readonly byTokens: readonly number[];
  /** Tokens of the longest draft. */
  readonly longest: number;
}

/**
 * The passes of a run as rows, and what they add up to; goes on from where it was while a run streams in, in time linear
 * in what is new. Passes that read the prompt are no rows.
 */
export class RunPasses {
  private readonly list: PassRow[] = [];
  private read = 0;
  /** Tokens that the passes so far brought. */
  private known = 0;
  private readonly counter = new SpeculationCounter();
  private readonly testedByPosition: number[] = [];
  private tested = 0;
  private rejected = 0;
  private readonly byTokens: number[] = [];
  private longest = 0;
  private drafting = false;

  constructor(private readonly promptLength: number) {}

  get rows(): readonly PassRow[] {
    return this.list;
  }

  /** Whether the decoder drafts, also where no draft has been made so far. */
  get drafts(): boolean {
    return this.drafting;
  }

  get totals(): PassTotals {
    const { tested, rejected, longest } = this;
    const speculation = this.counter.summary;
    return {
      speculation,
      tested,
      testedByPosition: [...this.testedByPosition],
      unread: speculation.drafted - tested,
      rejected,
      byTokens: Array.from(this.byTokens, (passes) => passes ?? 0),
      longest,
    };
  }

  /** @param passes all of the run so far: those that were added before are skipped. */
  add(passes: readonly TracePass[]): void {
    for (; this.read < passes.length; this.read++) this.addPass(passes[this.read] as TracePass);
  }

  /** The row whose pass brought a token: for the prompt and what was drawn with it, the first; null without rows. */
  rowOf(index: number): PassRow | null {
    return rowOf(this.list, index);
  }

  private addPass(pass: TracePass): void {
    const { cached, fed, writes, speculation } = pass;
    if (speculation || pass.draftMilliseconds !== undefined) this.drafting = true;
    const start = this.known;
    const end = start + writes;
    this.known = end;
    // The prompt's own passes; what a second model wrote after it begins with the prompt's last token, fed again.
    if (!speculation && cached + fed <= this.promptLength) return;
    const rejected = speculation?.next?.origin === 'replacement';
    const draft = speculation
      ? {
          drafted: speculation.drafted.length,
          accepted: speculation.accepted,
          next: speculation.next?.origin ?? null,
        }
      : null;
    this.list.push({ number: this.list.length + 1, pass, draft, start, end, rejected });
    this.byTokens[end - start] = (this.byTokens[end - start] ?? 0) + 1;
    if (!speculation) return;
    this.counter.add(speculation);
    this.longest = Math.max(this.longest, speculation.drafted.length);
    if (rejected) this.rejected++;
    speculation.drafted.forEach(({ verdict }, place) => {
      if (verdict === 'unread') return;
      this.tested++;
      this.testedByPosition[place] = (this.testedByPosition[place] ?? 0) + 1;
    });
  }
}

/** The first row that ends after a token, or the last; null without rows. */
export function rowOf<Row extends StepRow>(rows: readonly Row[], index: number): Row | null {
  let [low, high] = [0, rows.length - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((rows[middle] as Row).end > index) high = middle;
    else low = middle + 1;
  }
  return rows[low] ?? null;
}

/** How many tokens came in each way. */
export function countOrigins(tokens: readonly TraceToken[]): Readonly<Record<TraceToken['origin'], number>> {
  const counts = { prompt: 0, sampled: 0, accepted: 0, replacement: 0, bonus: 0, 'handed-over': 0 };
  for (const { origin } of tokens) counts[origin]++;
  return counts;
}
