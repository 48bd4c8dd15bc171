import type { SpeculationSummary, Trace, TraceToken } from '../trace/record';

/** One figure of two runs, side by side; null where a run has none. */
export interface SummaryLine {
  readonly name: string;
  readonly unit: FigureUnit;
  readonly a: number | string | null;
  readonly b: number | string | null;
}

export type FigureUnit = 'count' | 'probability' | 'decimals' | 'seconds' | 'rate' | 'bits' | 'text';

type Figure = readonly [name: string, unit: FigureUnit, value: number | string | null];

/** What two runs came to, side by side: lengths, time, surprisal, and what drafting brought. */
export function summaryLines(a: Trace, b: Trace): readonly SummaryLine[] {
  const there = figuresOf(b);
  return figuresOf(a).flatMap(([name, unit, value], place) => {
    const other = there[place]?.[2] ?? null;
    return value === null && other === null ? [] : [{ name, unit, a: value, b: other }];
  });
}

function figuresOf({ header, tokens, passes, summary }: Trace): readonly Figure[] {
  const prompt = Math.min(header.promptLength, tokens.length);
  const generated = tokens.length - prompt;
  const drafted = summary?.speculation ?? null;
  const passCount = passes.length === 0 ? null : passes.length;
  const generating = passCount !== null && generated > 0;
  return [
    ['ended', 'text', summary?.finish ?? null],
    ['prompt tokens', 'count', prompt],
    ['generated tokens', 'count', generated],
    ['passes', 'count', passCount],
    ['tokens per pass', 'decimals', generating ? generated / passCount : null],
    ['seconds', 'seconds', summary?.seconds ?? null],
    ['tokens per second', 'rate', summary?.tokensPerSecond ?? null],
    ['mean bits, prompt', 'bits', meanSurprisal(tokens.slice(0, prompt))],
    ['mean bits, generated', 'bits', meanSurprisal(tokens.slice(prompt))],
    ...speculationFigures(drafted),
  ];
}

function speculationFigures(drafted: SpeculationSummary | null): readonly Figure[] {
  return [
    ['passes with a draft', 'count', drafted?.passes ?? null],
    ['drafted', 'count', drafted?.drafted ?? null],
    ['accepted', 'count', drafted?.accepted ?? null],
    ['acceptance rate', 'probability', drafted?.acceptanceRate ?? null],
    ['mean acceptance length', 'decimals', drafted?.meanAcceptanceLength ?? null],
    ['α (overlap of p and q)', 'probability', drafted?.alpha ?? null],
    ['mean distance from p', 'probability', drafted?.outputTv?.mean ?? null],
  ];
}

function meanSurprisal(tokens: readonly TraceToken[]): number | null {
  const bits = tokens.flatMap(({ judgement }) => (judgement ? [judgement.surprisal] : []));
  return bits.length === 0 ? null : bits.reduce((sum, value) => sum + value, 0) / bits.length;
}
