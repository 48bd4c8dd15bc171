import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import { MOST_ROUNDS, MOST_ROWS } from '../../../core/compare/comparison';
import type { OptionValues } from '../../../core/decode/options';
import { decoderTitle } from '../../../core/decode/titles';
import { draftOf, draftsFor } from '../../../protocol/drafts';
import { Icon } from '../../components/icon';
import { readNumber } from '../../components/read-number';
import { Button } from '../../ui/button';
import { Dropdown } from '../../ui/dropdown';
import { TextField } from '../../ui/text-field';
import { optionChips, withOptions } from '../decoder-texts';
import { DecoderOptionsEditor } from '../decoder-options';
import { ExactBadge } from '../model-controls';
import type { TabBench } from '../tab';
import { onceMore, type Candidate, type Entry } from './candidates';
import type { AddedDecoder } from './state';
import { entryTitles } from './titles';

export interface DecoderListProps {
  readonly bench: TabBench;
  readonly candidates: readonly Candidate[];
  readonly entries: readonly Entry[];
  /** Those that would be run. */
  readonly chosen: readonly Entry[];
  readonly added: readonly AddedDecoder[];
  readonly rounds: number;
  readonly disabled: boolean;
  /** Keys of those that would be run, and those that were added, as they are now. */
  readonly onEntries: (change: {
    readonly chosen?: readonly string[];
    readonly again?: readonly AddedDecoder[];
  }) => void;
  readonly onRounds: (rounds: number) => void;
}

/** Which decoders are run: a tick each, their options, once more with others, and what speaks against those that cannot be. */
export function DecoderList(props: DecoderListProps) {
  const { bench, candidates, entries, chosen, added, rounds, disabled, onEntries, onRounds } = props;
  const refused = candidates.filter(({ reason }) => reason !== null);
  const ticked = chosen.map(({ key }) => key);
  const list = useRef<HTMLUListElement>(null);
  /** The entry whose options are open from the beginning: it was added for them. */
  const [fresh, setFresh] = useState<string | null>(null);
  const titles = entryTitles(
    entries.map(({ decoder, options }) => ({ decoder: decoder.name, options })),
    bench.decoders,
  );
  const toggle = (key: string): void =>
    onEntries({ chosen: ticked.includes(key) ? ticked.filter((each) => each !== key) : [...ticked, key] });
  const add = (entry: Entry): void => {
    const more = onceMore(entry, added);
    setFresh(more.key);
    onEntries({ chosen: [...ticked, more.key], again: [...added, more] });
  };
  const remove = ({ key, decoder }: Entry): void => {
    onEntries({ chosen: ticked.filter((each) => each !== key), again: added.filter((each) => each.key !== key) });
    // What had the focus goes: it goes on to where this entry came from.
    const places = [...(list.current?.querySelectorAll<HTMLElement>('li') ?? [])];
    places
      .find(({ dataset }) => dataset.key === decoder.name)
      ?.querySelector<HTMLElement>('.candidate-add')
      ?.focus();
  };
  const setOptions = ({ key, decoder, added: isAdded }: Entry, options: OptionValues): void => {
    if (!isAdded) bench.onChange(withOptions(bench.settings, decoder, options));
    else onEntries({ again: added.map((each) => (each.key === key ? { ...each, options } : each)) });
  };
  const drafting = chosen.some(({ decoder }) => decoder.needs.includes('draft'));
  const everything = entries.map(({ key }) => key);
  const all = chosen.length === everything.length;
  return (
    <>
      <header class="section-head">
        <h2>Decoders</h2>
        <span class="muted number">
          {chosen.length} of {entries.length}
        </span>
        <button
          type="button"
          class="link compare-all"
          disabled={disabled}
          onClick={() => onEntries({ chosen: all ? everything.slice(0, 1) : everything })}
        >
          {all ? 'Only the first' : 'All'}
        </button>
      </header>
      <ul class="candidates" ref={list}>
        {entries.map((entry, place) => (
          <ListedEntry
            key={entry.key}
            entry={entry}
            title={titles[place] ?? entry.key}
            fresh={entry.key === fresh}
            ticked={ticked.includes(entry.key)}
            first={ticked[0] === entry.key}
            disabled={disabled}
            full={entries.length >= MOST_ROWS}
            onToggle={() => toggle(entry.key)}
            onAdd={() => add(entry)}
            onRemove={() => remove(entry)}
            onOptions={(options) => setOptions(entry, options)}
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
              const read = readNumber(text, { min: 1, max: MOST_ROUNDS, whole: true });
              if (!read.ok) return read.why;
              return disabled ? 'Decoders are being compared' : onRounds(read.value);
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

interface ListedEntryProps {
  readonly entry: Entry;
  readonly title: string;
  readonly fresh: boolean;
  readonly ticked: boolean;
  readonly first: boolean;
  readonly disabled: boolean;
  /** Whether there is no room for one more. */
  readonly full: boolean;
  readonly onToggle: () => void;
  readonly onAdd: () => void;
  readonly onRemove: () => void;
  readonly onOptions: (options: OptionValues) => void;
}

function ListedEntry(props: ListedEntryProps) {
  const { entry, title, fresh, ticked, first, disabled, full } = props;
  const { decoder, options, added } = entry;
  const [open, setOpen] = useState(fresh);
  const root = useRef<HTMLLIElement>(null);
  useLayoutEffect(() => {
    if (fresh) root.current?.querySelector<HTMLElement>('.decoder-options :is(input, select)')?.focus();
  }, [fresh]);
  const chips = optionChips(options, decoder.options, 'short');
  const hasOptions = Object.keys(decoder.options).length > 0;
  return (
    <li ref={root} data-key={entry.key} class={added ? 'candidate-added' : undefined}>
      <div class="candidate">
        <label title={decoder.about}>
          <input type="checkbox" checked={ticked} disabled={disabled} onChange={props.onToggle} />
          {title}
        </label>
        <ExactBadge exact={decoder.exact} />
        {first && (
          <span class="candidate-first" title="What the others are compared with: the first that is ticked.">
            first
          </span>
        )}
        {hasOptions && (
          <span class="candidate-actions">
            {added ? (
              <Button appearance="icon" label={`Remove ${title}`} disabled={disabled} onClick={props.onRemove}>
                <Icon name="close" />
              </Button>
            ) : (
              <Button
                appearance="icon"
                class="candidate-add"
                label={`Add ${decoderTitle(decoder.name)} again with other options`}
                disabled={disabled || full}
                onClick={props.onAdd}
              >
                <Icon name="add" />
              </Button>
            )}
            <Button appearance="icon" label={`Options of ${title}`} expanded={open} onClick={() => setOpen(!open)}>
              <Icon name="settings" />
            </Button>
          </span>
        )}
      </div>
      {chips.length > 0 && !open && (
        <p class="candidate-note">{chips.map(({ name, value }) => `${name} ${value}`).join(' · ')}</p>
      )}
      {open && <DecoderOptionsEditor declared={decoder.options} values={options} onChange={props.onOptions} />}
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
