import { useState } from 'preact/hooks';
import { draftOf, draftsFor } from '../../../protocol/drafts';
import { MOST_ROUNDS } from '../../../core/compare/comparison';
import { Icon } from '../../components/icon';
import { Button } from '../../ui/button';
import { Dropdown } from '../../ui/dropdown';
import { TextField } from '../../ui/text-field';
import { DecoderOptionsEditor, chosenOptions, optionChips } from '../decoder-options';
import { ExactBadge, decoderTitle } from '../model-controls';
import type { TabBench } from '../tab';
import type { Candidate } from './candidates';
import { isRounds } from './state';

export interface DecoderListProps {
  readonly bench: TabBench;
  readonly candidates: readonly Candidate[];
  /** Names of those that would be run. */
  readonly chosen: readonly string[];
  readonly rounds: number;
  readonly disabled: boolean;
  readonly onChosen: (names: readonly string[]) => void;
  readonly onRounds: (rounds: number) => void;
}

/** Which decoders are run: a tick each, their options, and what speaks against those that cannot be. */
export function DecoderList(props: DecoderListProps) {
  const { bench, candidates, chosen, rounds, disabled, onChosen, onRounds } = props;
  const offered = candidates.filter(({ reason }) => reason === null);
  const refused = candidates.filter(({ reason }) => reason !== null);
  const toggle = (name: string): void =>
    onChosen(chosen.includes(name) ? chosen.filter((each) => each !== name) : [...chosen, name]);
  const drafting = offered.some(({ decoder }) => decoder.needs.includes('draft') && chosen.includes(decoder.name));
  const everything = offered.map(({ decoder }) => decoder.name);
  const all = chosen.length === everything.length;
  return (
    <>
      <header class="section-head">
        <h2>Decoders</h2>
        <span class="muted number">
          {chosen.length} of {offered.length}
        </span>
        <button
          type="button"
          class="link compare-all"
          disabled={disabled}
          onClick={() => onChosen(all ? everything.slice(0, 1) : everything)}
        >
          {all ? 'Only the first' : 'All'}
        </button>
      </header>
      <ul class="candidates">
        {offered.map((candidate) => (
          <OfferedDecoder
            key={candidate.decoder.name}
            candidate={candidate}
            bench={bench}
            ticked={chosen.includes(candidate.decoder.name)}
            first={chosen[0] === candidate.decoder.name}
            disabled={disabled}
            onToggle={() => toggle(candidate.decoder.name)}
          />
        ))}
      </ul>
      <div class="compare-settings">
        {drafting && <DraftChoice bench={bench} disabled={disabled} />}
        <div class="compare-rounds" title={`Counted runs of each decoder, 1 to ${MOST_ROUNDS}, round by round.`}>
          <span class="control-name">Rounds</span>
          <TextField
            label="Rounds"
            value={`${rounds}`}
            onCommit={(text) => {
              const typed = text.trim() === '' ? NaN : Number(text);
              if (isRounds(typed) && !disabled) onRounds(typed);
            }}
          />
          <span class="muted">runs of each, the median is shown</span>
        </div>
      </div>
      {refused.length > 0 && (
        <>
          <h3 class="candidates-title">Not with this model and prompt</h3>
          <ul class="candidates candidates-refused">
            {refused.map(({ decoder, reason }) => (
              <li key={decoder.name} title={decoder.about}>
                <span>{decoderTitle(decoder.name)}</span>
                <span class="candidate-note">{reason}</span>
              </li>
            ))}
          </ul>
        </>
      )}
    </>
  );
}

interface OfferedDecoderProps {
  readonly candidate: Candidate;
  readonly bench: TabBench;
  readonly ticked: boolean;
  readonly first: boolean;
  readonly disabled: boolean;
  readonly onToggle: () => void;
}

function OfferedDecoder({ candidate, bench, ticked, first, disabled, onToggle }: OfferedDecoderProps) {
  const { decoder } = candidate;
  const [open, setOpen] = useState(false);
  const { settings } = bench;
  const title = decoderTitle(decoder.name);
  const chips = optionChips(chosenOptions(decoder, settings), decoder.options, 'short');
  const hasOptions = Object.keys(decoder.options).length > 0;
  return (
    <li>
      <div class="candidate">
        <label title={decoder.about}>
          <input type="checkbox" checked={ticked} disabled={disabled} onChange={onToggle} />
          {title}
        </label>
        <ExactBadge exact={decoder.exact} />
        {first && (
          <span class="candidate-first" title="What the others are compared with: the first that is ticked.">
            first
          </span>
        )}
        {hasOptions && (
          <Button
            appearance="icon"
            class="candidate-gear"
            label={`Options of ${title}`}
            expanded={open}
            onClick={() => setOpen(!open)}
          >
            <Icon name="settings" />
          </Button>
        )}
      </div>
      {chips.length > 0 && !open && (
        <p class="candidate-note">{chips.map(({ name, value }) => `${name} ${value}`).join(' · ')}</p>
      )}
      {open && <DecoderOptionsEditor decoder={decoder} settings={settings} onChange={bench.onChange} />}
    </li>
  );
}

/** The model that drafts for those that need one. */
function DraftChoice({ bench, disabled }: { readonly bench: TabBench; readonly disabled: boolean }) {
  const { model, models, settings, onChange } = bench;
  if (!model) return null;
  return (
    <div class="compare-draft">
      <span class="control-name">Draft</span>
      <Dropdown
        label="Draft model of the comparison"
        value={draftOf(model, models, settings.draft)?.folder ?? ''}
        disabled={disabled}
        title="The model that drafts for those that need one. It must have the same tokens as the model."
        options={draftsFor(model, models).map(({ name, folder }) => ({ value: folder, text: name }))}
        onChange={(folder) => onChange({ draft: { folder } })}
      />
    </div>
  );
}
