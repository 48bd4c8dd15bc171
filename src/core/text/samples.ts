/** A text to begin with, under a name that fits a button. */
export interface SampleText {
  readonly title: string;
  readonly text: string;
}

/** Texts that the bundled English model can do something with, the first of them its best. */
export const SAMPLE_TEXTS: readonly [SampleText, ...SampleText[]] = [
  {
    title: 'Fellow citizens of the Senate and of the House of …',
    text: 'Fellow citizens of the Senate and of the House of',
  },
  { title: 'And the LORD spake unto Moses, saying, …', text: 'And the LORD spake unto Moses, saying,' },
  {
    title: 'Three names, three times: the heads that copy look at what came after a name before',
    text: 'Queequeg, Tashtego, Daggoo. Queequeg, Tashtego, Daggoo. Queequeg, Tashtego, Daggoo.',
  },
];

/** The text that whoever has seen nothing yet is shown first. */
export function samplePrompt(): string {
  return SAMPLE_TEXTS[0].text;
}
