import { useState } from 'preact/hooks';
import type { PassRow } from '../../../core/lens/passes';
import type { TraceDraft, TraceHeader } from '../../../core/trace/record';
import { SOURCE_NAMES, ruleOf, sourcesOf } from '../../components/draft-rule';
import { DraftTable } from '../../components/draft-table';
import { UNKNOWN, count, counted } from '../../components/format';
import { milliseconds } from './numbers';
import './pass-detail.css';

export interface PassDetailProps {
  readonly header: TraceHeader;
  readonly row: PassRow | null;
  /** The pass under the pointer, in place of the chosen one. */
  readonly isPreview: boolean;
  /** One block for each drafted token, for want of room. */
  readonly stacked: boolean;
}

/** Drafted tokens on show before the rest is asked for. */
const SHOWN = 64;

/** Every drafted token of a pass: how it was judged, number by number. */
export function PassDetail({ header, row, isPreview, stacked }: PassDetailProps) {
  const [all, setAll] = useState(false);
  const speculation = row?.pass.speculation;
  const drafted = speculation?.drafted ?? [];
  const rule = ruleOf(header, drafted);
  const sources = sourcesOf(drafted);
  const only = sources.length === 1 ? sources[0] : undefined;
  const shown = all ? drafted : drafted.slice(0, SHOWN);
  return (
    <section class="spec-detail" aria-labelledby="spec-detail-title">
      <header class="section-head">
        <h2 id="spec-detail-title">Pass {row ? count(row.number) : UNKNOWN}</h2>
        {isPreview && <span class="muted">under the pointer</span>}
        {speculation && <span class="muted spec-formula">{rule.formula}</span>}
      </header>
      {!row ? (
        <p class="spec-note">No pass has been made after the prompt.</p>
      ) : !speculation ? (
        <p class="spec-note">{plainNote(row, header)}</p>
      ) : (
        <>
          <DraftTable
            rows={shown.map((draft, place) => ({ name: String(place + 1), draft }))}
            naming="#"
            caption={`Drafted tokens of the pass, and how each was judged: ${rule.formula}`}
            rule={rule}
            withSource={!only}
            stacked={stacked}
          />
          {shown.length < drafted.length && (
            <p class="spec-note">
              <button type="button" class="link" onClick={() => setAll(true)}>
                all {counted(drafted.length, 'drafted token')}
              </button>
            </p>
          )}
          <p class="spec-note spec-times">
            Drafted from the {only ? sourceText(only, header) : 'sources above'} in{' '}
            {milliseconds(row.pass.draftMilliseconds ?? null)}, verified in {milliseconds(row.pass.milliseconds)}:{' '}
            {counted(row.pass.fed, 'token')} in one pass.
          </p>
        </>
      )}
    </section>
  );
}

function sourceText(source: TraceDraft['source'], { decoder }: TraceHeader): string {
  return source === 'draft-model' && decoder.draft ? `draft model ${decoder.draft.name}` : SOURCE_NAMES[source];
}

function plainNote({ pass, start, end }: PassRow, { decoder }: TraceHeader): string {
  const took = `The model took ${milliseconds(pass.milliseconds)}.`;
  if (pass.fed > 1) {
    const small = decoder.draft?.name ?? 'The small model';
    const wrote = `${small} wrote ${counted(end - start, 'token')} in ${milliseconds(pass.draftMilliseconds ?? null)}`;
    return `${wrote}, and no rule judged them: the model only scored them. ${took}`;
  }
  return `Nothing was drafted: one token was drawn from the model alone. ${took}`;
}
