import { useMemo, useState } from 'preact/hooks';
import { reportedSteps } from '../../core/lens/reported-steps';
import { RunPasses, type StepRow, rowOf } from '../../core/lens/passes';
import type { Trace } from '../../core/trace/record';
import { count, probability } from '../components/format';
import { decimals } from '../explorer/speculation/numbers';
import { Staircase } from '../explorer/speculation/staircase';
import { FigureList, type FigureOfResult } from './figure-list';

export interface PassesResultProps {
  readonly trace: Trace;
  readonly selected: number | null;
  readonly onSelect: (index: number) => void;
}

/** The passes of a run as a staircase, and what they came to. */
export function PassesResult({ trace, selected, onSelect }: PassesResultProps) {
  const [preview, setPreview] = useState<StepRow | null>(null);
  const ofServer = trace.header.model.server !== undefined;
  const { rows, totals } = useMemo(() => {
    const run = new RunPasses(trace.header.promptLength);
    run.add(trace.passes);
    return (ofServer && reportedSteps(trace)) || run;
  }, [trace, ofServer]);
  const { speculation, longest } = totals;
  const chosen = selected === null ? null : rowOf(rows, selected);
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const at = chosen ? chosen.number - 1 : -1;
    const place = { ArrowUp: at - 1, ArrowDown: at + 1, Home: 0, End: rows.length - 1 }[event.key];
    if (place === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    const row = rows[Math.max(0, Math.min(rows.length - 1, place))];
    if (row) onSelect(row.start);
  };
  const brought = rows.reduce((sum, { start, end }) => sum + end - start, 0);
  const figures: readonly FigureOfResult[] = [
    ['passes', count(ofServer ? speculation.passes : rows.length), ofServer ? 'with drafts' : ''],
    [
      'acceptance rate',
      probability(speculation.acceptanceRate),
      `${count(speculation.accepted)}/${count(speculation.drafted)}`,
    ],
    ['mean length', decimals(speculation.meanAcceptanceLength, 2), `of ${count(longest + 1)}`],
    ...(ofServer
      ? []
      : [['tokens per pass', decimals(rows.length > 0 ? brought / rows.length : null, 2), ''] as const]),
  ];
  return (
    <div class="result-passes">
      <Staircase
        rows={rows}
        trace={trace}
        chosen={chosen}
        preview={preview}
        follow={false}
        onChoose={(row) => onSelect(row.start)}
        onHover={setPreview}
        onKeyDown={onKeyDown}
      />
      <FigureList figures={figures} />
    </div>
  );
}
