import { useState } from 'preact/hooks';
import type { DecoderSummary } from '../../core/decode/registry';
import type { Sampling } from '../../core/decode/sampling';
import type { ExplorerSettings } from '../../protocol/explorerState';
import { FilterSliders } from '../components/filter-sliders';
import { count } from '../components/format';
import { Icon } from '../components/icon';
import { Popover } from '../components/popover';
import { readNumber } from '../components/read-number';
import { FILTER_KEYS, filterChip } from '../components/sampling-scale';
import { chosenOptions, optionChips, withOptions } from './decoder-texts';
import { DecoderOptionsEditor } from './decoder-options';
import { type SettingChip, SettingChips } from './setting-chips';
import { Button } from '../ui/button';
import { TextField } from '../ui/text-field';

export interface SamplingProps {
  /** The chosen decoder; null before it is known. */
  readonly decoder: DecoderSummary | null;
  readonly settings: ExplorerSettings;
  readonly vocabularySize: number | null;
  readonly onChange: (change: Partial<ExplorerSettings>) => void;
}

/** Settings that change nothing where the most probable token is always taken. */
const IDLE_IF_GREEDY = new Set(['topK', 'topP', 'minP', 'seed']);

const MOST_SEED = 2 ** 32 - 1;
const MOST_TOKENS = 100_000;

/** The run's settings as chips, which open one editor for all of them; where there is no room, the gear alone. */
export function SamplingControls(props: SamplingProps) {
  const { decoder, settings } = props;
  const [open, setOpen] = useState<string | null>(null);
  const { sampling } = settings;
  const toggle = (name: string): void => setOpen(open === null ? name : null);
  const greedy = sampling.temperature === 0;
  const options = optionChips(chosenOptions(decoder, settings), decoder?.options ?? {}, 'short');
  return (
    <div class="sampling">
      <SettingChips
        chips={[...options, ...settingChips(settings)].map((chip) => ({
          ...chip,
          idle: greedy && IDLE_IF_GREEDY.has(chip.key),
        }))}
        open={open !== null}
        onToggle={toggle}
      />
      <Button
        appearance="icon"
        class="gear"
        label="Settings of the run"
        expanded={open !== null}
        onClick={() => toggle('temperature')}
      >
        <Icon name="settings" />
      </Button>
      {open !== null && (
        <Popover label="Settings of the run" onClose={() => setOpen(null)} focus={`edit-${open}`}>
          {decoder && (
            <DecoderOptionsEditor
              declared={decoder.options}
              values={chosenOptions(decoder, settings)}
              onChange={(values) => props.onChange(withOptions(settings, decoder, values))}
            />
          )}
          <SamplingEditor {...props} />
        </Popover>
      )}
    </div>
  );
}

/** Settings as they are shown in a row. */
export function settingChips(settings: {
  readonly sampling: Sampling;
  readonly maxNewTokens: number;
}): readonly SettingChip[] {
  const filters = FILTER_KEYS.map((key) => {
    const [name, value] = filterChip(key, settings.sampling);
    return { key, name, value: value.includes('.') ? String(Number(value)) : value };
  });
  return [
    ...filters,
    { key: 'seed', name: 'seed', value: `${settings.sampling.seed}` },
    { key: 'maxNewTokens', name: 'new tokens', value: count(settings.maxNewTokens) },
  ];
}

function SamplingEditor({ settings, vocabularySize, onChange }: SamplingProps) {
  const { sampling } = settings;
  const set = (change: Partial<Sampling>): void => onChange({ sampling: { ...sampling, ...change } });
  return (
    <>
      <FilterSliders value={sampling} onChange={set} vocabularySize={vocabularySize} />
      <div class="sampling-numbers">
        <NumberRow
          name="seed"
          title="Seed"
          hint="Starts the generator of random numbers: the same seed draws the same tokens."
          value={sampling.seed}
          most={MOST_SEED}
          onChange={(seed) => set({ seed })}
        />
        <Button
          appearance="icon"
          label="New seed"
          onClick={() => set({ seed: crypto.getRandomValues(new Uint32Array(1))[0]! })}
        >
          <Icon name="refresh" />
        </Button>
        <NumberRow
          name="maxNewTokens"
          title="New tokens"
          hint="Upper bound of generated tokens; 0 only scores the prompt."
          value={settings.maxNewTokens}
          most={MOST_TOKENS}
          onChange={(maxNewTokens) => onChange({ maxNewTokens })}
        />
      </div>
      <p class="sampling-note">
        {sampling.temperature === 0
          ? 'Temperature 0 is greedy: always the most probable token. Filters and seed then change nothing.'
          : 'Filters work in this order, each on what the one before left: temperature, top-k, top-p, min-p.'}
      </p>
    </>
  );
}

interface NumberRowProps {
  readonly name: string;
  readonly title: string;
  readonly hint: string;
  readonly value: number;
  readonly most: number;
  readonly onChange: (value: number) => void;
}

function NumberRow({ name, title, hint, value, most, onChange }: NumberRowProps) {
  return (
    <div class={`number-row edit-${name}`} title={hint}>
      <span class="filter-name">{title}</span>
      <TextField
        label={title}
        value={`${value}`}
        onCommit={(text) => {
          const read = readNumber(text, { min: 0, max: most, whole: true });
          return read.ok ? onChange(read.value) : read.why;
        }}
      />
    </div>
  );
}
