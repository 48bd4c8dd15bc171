import type { Comparison, ComparisonSetup } from '../../../core/compare/comparison';
import { counted } from '../../components/format';
import { Icon } from '../../components/icon';
import { Tag } from '../../ui/badge';
import { Button } from '../../ui/button';
import { settingChips } from '../sampling';
import type { TabBench } from '../tab';

export interface ComparisonHeadProps {
  readonly bench: TabBench;
  readonly comparison: Comparison;
  readonly running: boolean;
  readonly onCopy: () => void;
}

/** What all rows have in common, whether the controls still say so, and the ways to take the numbers out. */
export function ComparisonHead({ bench, comparison, running, onCopy }: ComparisonHeadProps) {
  const { setup, rounds, state } = comparison;
  const done = comparison.first !== null && !running;
  return (
    <header class="section-head compare-head">
      <h2>{state === 'running' ? 'Comparing' : state === 'stopped' ? 'Stopped' : 'Compared'}</h2>
      <span class="compare-setup">
        {setup && <Setup setup={setup} />}
        <span class="compare-fact">{counted(rounds, 'round')}</span>
        {setup && !running && hasChanged(setup, bench) && (
          <span class="compare-changed" title="These rows are of the model, prompt and settings that are named here.">
            <Icon name="info" /> the controls have changed since
          </span>
        )}
      </span>
      <span class="compare-export">
        <Button appearance="icon" label="Copy as CSV" disabled={!done} onClick={onCopy}>
          <Icon name="copy" />
        </Button>
        <Button title="Save the table as a CSV file" disabled={!done} onClick={() => void bench.saveComparison('csv')}>
          CSV
        </Button>
        <Button
          title="Save the comparison, with the tokens of every row, as a JSON file"
          disabled={!done}
          onClick={() => void bench.saveComparison('json')}
        >
          JSON
        </Button>
      </span>
    </header>
  );
}

function Setup({ setup }: { readonly setup: ComparisonSetup }) {
  const { model, promptText, promptLength } = setup;
  const chips = settingChips(setup).filter(({ value }) => value !== 'off');
  const prompt = counted(promptLength, 'token');
  return (
    <>
      <b title={`${model.folder}, ${model.file}`}>{model.name}</b>
      <Tag>{model.dtype}</Tag>
      <span class="compare-fact" title={promptText}>
        {promptText === undefined ? `prompt of ${prompt}` : `“${shortened(promptText)}”, ${prompt}`}
      </span>
      {chips.map(({ key, name, value }) => (
        <span key={key} class="compare-fact">
          {name} {value}
        </span>
      ))}
    </>
  );
}

const PROMPT_SHOWN = 40;

function shortened(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim();
  return line.length > PROMPT_SHOWN ? `${line.slice(0, PROMPT_SHOWN)}…` : line;
}

/** Whether another comparison would be of something else. */
function hasChanged({ model, promptText, sampling, maxNewTokens }: ComparisonSetup, { settings }: TabBench): boolean {
  const keys = Object.keys(sampling) as (keyof typeof sampling)[];
  return (
    model.folder !== settings.model?.folder ||
    (promptText !== undefined && promptText !== settings.prompt) ||
    maxNewTokens !== settings.maxNewTokens ||
    keys.some((key) => sampling[key] !== settings.sampling[key])
  );
}
