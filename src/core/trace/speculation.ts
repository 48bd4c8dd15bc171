import type { SpeculationSummary, TraceSpeculation } from './record';

/** What the counts need of a pass; both a decoder's step and a trace's record have it. */
export type CountedSpeculation = Pick<TraceSpeculation, 'accepted'> & {
  readonly drafted: readonly Pick<TraceSpeculation['drafted'][number], 'tv' | 'outputTv'>[];
};

/** Counts what speculation brings, pass by pass, by vLLM's definitions (`vllm/v1/spec_decode/metrics.py`). */
export class SpeculationCounter {
  private passes = 0;
  private drafted = 0;
  private accepted = 0;
  private readonly byPosition: number[] = [];
  private overlap = 0;
  private judged = 0;
  private lossy = false;
  private readonly output = { sum: 0, max: 0, tokens: 0 };

  add({ drafted, accepted }: CountedSpeculation): void {
    this.passes++;
    this.drafted += drafted.length;
    this.accepted += accepted;
    for (let i = 0; i < drafted.length; i++) {
      this.byPosition[i] = (this.byPosition[i] ?? 0) + (i < accepted ? 1 : 0);
    }
    for (const { tv, outputTv } of drafted) {
      if (tv !== null) {
        this.overlap += 1 - tv;
        this.judged++;
      }
      this.lossy ||= outputTv !== undefined;
      if (outputTv == null) continue;
      this.output.sum += outputTv;
      this.output.max = Math.max(this.output.max, outputTv);
      this.output.tokens++;
    }
  }

  get summary(): SpeculationSummary {
    const { passes, drafted, accepted, judged } = this;
    const { sum, max, tokens } = this.output;
    return {
      passes,
      drafted,
      accepted,
      acceptanceRate: drafted === 0 ? null : accepted / drafted,
      meanAcceptanceLength: passes === 0 ? null : 1 + accepted / passes,
      acceptedByPosition: [...this.byPosition],
      alpha: judged === 0 ? null : this.overlap / judged,
      ...(this.lossy ? { outputTv: tokens === 0 ? null : { mean: sum / tokens, max, tokens } } : {}),
    };
  }
}
