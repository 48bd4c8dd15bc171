import { l10n } from '../l10n';
import type { RunDigest } from './digest';

/** Characters of a prompt that a row or a tab begins with: in a narrow side bar the decoder and the time are read beside it. */
const PROMPT_SHOWN = 28;
const TAB_PROMPT = 20;
const GENERATED_SHOWN = 40;
const TAB_GENERATED = 16;

/** What a list calls a run: the user's name for it, else its prompt or its board. */
export function labelOf(run: RunDigest): string {
  return run.name ?? wholePromptOf(run);
}

/** The label of a run, cut between words where it is its prompt. */
export function shortLabelOf(run: RunDigest): string {
  return run.name ?? promptOf(run);
}

/** The beginning of its prompt, or its board. */
export function promptOf(run: RunDigest): string {
  return beginningOf(wholePromptOf(run), PROMPT_SHOWN);
}

function wholePromptOf({ prompt, alive }: RunDigest): string {
  if (alive) return l10n.t('Board, {0} alive', alive.given);
  return prompt || l10n.t('(empty prompt)');
}

/** How it was decoded and when, and the first words of what was generated: what tells two runs of one prompt apart. */
export function factsOf(run: RunDigest): readonly string[] {
  return [decodedOf(run), timeOf(run), generatedOf(run, GENERATED_SHOWN)].filter((fact) => fact !== '');
}

/** `The whale swam → and the sea · Greedy · 14:05` */
export function titleOf(run: RunDigest): string {
  const label = beginningOf(labelOf(run), TAB_PROMPT);
  const generated = generatedOf(run, TAB_GENERATED);
  return [generated === '' ? label : `${label} ${generated}`, decodedOf(run), timeOf(run)]
    .filter((part) => part !== '')
    .join(' · ');
}

export function decodedOf({ decoded, decoder }: RunDigest): string {
  return decoded ?? decoder;
}

/** The time of the day; empty where the date is none. */
export function timeOf({ createdAt }: RunDigest): string {
  const date = new Date(createdAt);
  if (Number.isNaN(date.getTime())) return '';
  return date.toLocaleTimeString(undefined, { hour: '2-digit', minute: '2-digit' });
}

export function momentOf({ createdAt }: RunDigest): string {
  const date = new Date(createdAt);
  return Number.isNaN(date.getTime()) ? createdAt : date.toLocaleString();
}

function generatedOf({ generated, alive }: RunDigest, characters: number): string {
  if (alive) return l10n.t('→ {0} alive', alive.answered);
  return generated ? `→ ${beginningOf(generated, characters)}` : '';
}

/** The beginning of a text, cut between words. */
function beginningOf(text: string, most: number): string {
  const characters = [...text.slice(0, 4 * most)];
  if (characters.length <= most) return text;
  const beginning = characters.slice(0, most).join('');
  const word = beginning.search(/\s\S*$/);
  return `${(word > most / 2 ? beginning.slice(0, word) : beginning).trimEnd()}…`;
}
