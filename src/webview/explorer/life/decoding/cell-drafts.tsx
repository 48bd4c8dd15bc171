import { useState } from 'preact/hooks';
import { NO_PASS } from '../../../../core/life/board-passes';
import type { Trace } from '../../../../core/trace/record';
import { ruleOf, sourcesOf } from '../../../components/draft-rule';
import { type DraftOfRow, DraftTable } from '../../../components/draft-table';
import { count, counted } from '../../../components/format';
import { ORIGIN_DEFINITIONS, ORIGIN_NAMES } from '../../../components/origins';
import type { LifeRun } from '../use-life';
import { placeWords, stateWord } from '../words';
import type { BoardDecoding } from './use-decoding';

export interface CellDraftsProps {
  readonly trace: Trace;
  readonly run: LifeRun;
  readonly decoding: BoardDecoding;
  /** null: the chosen token is no cell. */
  readonly cell: number | null;
  readonly stacked: boolean;
  /** Where all tabs show the same token: how the pass was judged, token by token. */
  readonly onSpeculation: () => void;
}

/** Drafts on show before the rest is asked for. */
const SHOWN = 8;

/** Every draft of a cell, pass by pass: with which probability it was drafted, what the model said to it, and what became of it. */
export function CellDrafts({ trace, run, decoding, cell, stacked, onSpeculation }: CellDraftsProps) {
  const [all, setAll] = useState(false);
  const { sequence, prediction } = run;
  const rows = cell === null ? [] : draftsOf(decoding, sequence.firstAnswer + cell);
  // The last ones decide.
  const shown = all ? rows : rows.slice(-SHOWN);
  const drafts = shown.map(({ draft }) => draft);
  const rule = ruleOf(trace.header, drafts);
  return (
    <section class="decoding-cell" aria-labelledby="decoding-cell-title">
      <header class="section-head">
        <h2 id="decoding-cell-title">Cell</h2>
        {cell === null ? (
          <span class="muted">the chosen token is none: {ANSWER_AROUND}</span>
        ) : (
          <span>
            {placeWords(cell, sequence.grid.width)}: {stateWord(prediction.cells[cell])}
            {prediction.cells[cell] === prediction.exact[cell] || prediction.cells[cell] === 255 ? '' : ', wrong'}
          </span>
        )}
        {cell !== null && <span class="muted">{cameText(decoding, cell)}</span>}
        <span class="section-keys">
          <button type="button" class="link" onClick={onSpeculation}>
            Show its pass in Speculation
          </button>
        </span>
      </header>
      {rows.length > 0 && (
        <>
          <DraftTable
            rows={shown}
            naming="pass"
            caption={`Drafts of the chosen cell, pass by pass: ${rule.formula}`}
            rule={rule}
            withSource={sourcesOf(drafts).length > 1}
            stacked={stacked}
          />
          <p class="decoding-note muted">
            {rule.formula}
            {shown.length < rows.length && (
              <>
                {' · '}
                <button type="button" class="link" onClick={() => setAll(true)}>
                  all {counted(rows.length, 'draft')}
                </button>
              </>
            )}
          </p>
        </>
      )}
    </section>
  );
}

const ANSWER_AROUND = 'it stands around the board.';

function draftsOf({ rows }: BoardDecoding, token: number): readonly DraftOfRow[] {
  return rows.flatMap(({ number, pass: { speculation } }) => {
    const draft = speculation?.drafted[token - speculation.start];
    return draft ? [{ name: count(number), draft }] : [];
  });
}

function cameText({ decided }: BoardDecoding, cell: number): string {
  const [pass, origin] = [decided.pass[cell] ?? NO_PASS, decided.origin[cell]];
  if (pass === NO_PASS || !origin) return 'not decided yet';
  const when = pass === 0 ? 'with the prompt’s own pass' : `in pass ${count(pass)}`;
  return `decided ${when}, ${ORIGIN_NAMES[origin]}. ${ORIGIN_DEFINITIONS[origin]}`;
}
