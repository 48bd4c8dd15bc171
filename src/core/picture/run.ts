import { draftedSteps } from '../lens/reported-steps';
import type { Trace } from '../trace/record';
import { element, FAINT_INK, picture, text } from './svg';
import { staircase } from './staircase';
import { surprisalBars, tokenStrip, type Part } from './token-strip';

const WIDTH = 900;
const MARGIN = 12;
/** Tokens that are drawn; the rest is counted. */
const MOST_TOKENS = 400;

/** One sentence on a run: what stands above its picture, and in its place where there are no pictures. */
export function runSentence({ tokens, header, summary }: Trace): string {
  const prompt = Math.min(header.promptLength, tokens.length);
  const surprisals = tokens.flatMap(({ judgement }) => (judgement ? [judgement.surprisal] : []));
  const mean = surprisals.reduce((sum, value) => sum + value, 0) / Math.max(1, surprisals.length);
  const speculation = summary?.speculation;
  return [
    `${tokens.length} tokens: ${prompt} prompt + ${tokens.length - prompt} generated`,
    ...(surprisals.length > 0 ? [`mean surprisal ${mean.toFixed(2)} bits`] : []),
    ...(speculation?.acceptanceRate == null
      ? []
      : [
          `acceptance ${speculation.acceptanceRate.toFixed(3)} (${speculation.accepted}/${speculation.drafted}${speculation.passes > 0 ? ` in ${speculation.passes} passes` : ''})`,
        ]),
  ].join(', ');
}

/**
 * A run as one SVG: its text by surprisal with a bar for each token, or, where it was drafted, by how each token came with
 * the passes below.
 */
export function runPicture(whole: Trace): string {
  const trace = whole.tokens.length > MOST_TOKENS ? { ...whole, tokens: whole.tokens.slice(0, MOST_TOKENS) } : whole;
  const inner = WIDTH - 2 * MARGIN;
  const drafted = draftedSteps(trace).length > 0;
  const parts: Part[] = [
    {
      height: 24,
      content: text(0, 14, `${whole.header.model.name} · ${whole.header.decoder.name} · ${runSentence(whole)}`, {
        fill: FAINT_INK,
        'font-size': 12,
      }),
    },
    tokenStrip(trace, inner, drafted ? 'origin' : 'surprisal'),
    ...(trace === whole
      ? []
      : [{ height: 20, content: text(0, 14, `+ ${whole.tokens.length - MOST_TOKENS} tokens`, { fill: FAINT_INK }) }]),
    drafted ? staircase(trace, inner) : surprisalBars(trace, inner),
  ];
  let y = MARGIN;
  let content = '';
  for (const part of parts) {
    content += element('g', { transform: `translate(${MARGIN} ${y})` }, part.content);
    y += part.height + (part.height > 0 ? 6 : 0);
  }
  return picture(WIDTH, y + MARGIN, `A run of ${whole.header.model.name}: ${runSentence(whole)}`, content);
}
