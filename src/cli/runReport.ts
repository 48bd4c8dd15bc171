import path from 'node:path';
import { lineOf, tokenLabel } from '../core/text/tokens';
import type { FinishReason, SpeculationSummary, Trace, TraceEvent, TraceToken } from '../core/trace/record';
import type { Sampling } from '../core/decode/sampling';
import { TOKEN_ORIGINS } from '../core/sequence/pass';
import { generatedText, textFrom } from '../core/trace/text';
import type { WrittenRun } from './output';
import type { Terminal } from './terminal';

/** The tokens of a run as they come: one row each, the prompt's and the generated under a heading. */
export class RunTable {
  private isPrompt: boolean | undefined;
  private showsOrigin = false;
  private showsIds = true;

  constructor(private readonly terminal: Terminal) {}

  add(event: TraceEvent): void {
    if (event.type === 'header') {
      const { model, decoder, sampling } = event;
      this.terminal.line(lineOf(`${model.name} · ${model.dtype} · ${decoder.name}, ${samplingText(sampling)}`));
      this.terminal.line();
      // Where every token is drawn in the same way there is nothing to tell.
      this.showsOrigin = decoder.name !== 'autoregressive' && model.server === undefined;
      this.showsIds = model.server?.namesOnly !== true;
      const origin = this.showsOrigin ? `${'origin'.padEnd(ORIGIN_WIDTH)}  ` : '';
      this.terminal.line(row('#', 'id', 'probability', 'rank', 'surprisal', 'entropy', `${origin}token`));
    } else if (event.type === 'token') {
      const isPrompt = event.origin === 'prompt';
      if (isPrompt !== this.isPrompt) this.terminal.line(isPrompt ? 'prompt' : 'generated');
      this.isPrompt = isPrompt;
      const origin = this.showsOrigin ? `${event.origin.padEnd(ORIGIN_WIDTH)}  ` : '';
      this.terminal.line(tokenRow(event, origin, this.showsIds));
    }
  }
}

/** The text, what was counted, and where the files are. */
export function runSummary(trace: Trace, written: WrittenRun): string[] {
  const { summary, header } = trace;
  const generated = trace.tokens.length - header.promptLength;
  const finish = summary && generated > 0 ? `, ${FINISH[summary.finish]}` : '';
  const speed = summary?.tokensPerSecond == null ? '' : `, ${summary.tokensPerSecond.toFixed(1)} tokens/s`;
  const seconds = summary ? `, ${summary.seconds.toFixed(2)} s` : '';
  const text = wholeText(trace);
  return [
    '',
    ...(text === null ? [] : [text, '']),
    `${trace.tokens.length} tokens: ${header.promptLength} prompt + ${generated} generated${finish}${speed}${seconds}`,
    ...(summary?.speculation ? [speculationText(summary.speculation, summary.passes)] : []),
    ...(summary?.notes ?? []).map(lineOf),
    ...[written.trace, written.tensors].flatMap((file) => (file === null ? [] : [lineOf(path.relative('', file))])),
  ];
}

/** What `run --json` prints; the fields are documented in docs/cli.md. */
export function runDocument(trace: Trace, written: WrittenRun): object {
  const { header, summary } = trace;
  const namesOnly = header.model.server?.namesOnly === true;
  return {
    text: wholeText(trace),
    generatedText: generatedText(trace),
    ids: namesOnly ? null : trace.tokens.map((token) => token.id),
    promptLength: header.promptLength,
    seconds: summary?.seconds ?? null,
    prefillSeconds: summary?.prefillSeconds ?? null,
    tokensPerSecond: summary?.tokensPerSecond ?? null,
    finish: summary?.finish ?? null,
    passes: trace.passes.length,
    speculation: summary?.speculation ?? null,
    model: header.model,
    decoder: header.decoder,
    sampling: header.sampling,
    maxNewTokens: header.maxNewTokens,
    tokens: trace.tokens.map(({ index, id, text, special, origin, judgement }) => ({
      index,
      // A number of this run's texts is no id.
      id: namesOnly ? null : id,
      text,
      special,
      origin,
      probability: judgement?.probability ?? null,
      rank: judgement?.rank ?? null,
      surprisal: judgement?.surprisal ?? null,
      entropy: judgement?.entropy ?? null,
    })),
    files: { trace: written.trace, tensors: written.tensors },
    tensors: written.tensorNames,
    notes: summary?.notes ?? [],
    software: header.software,
  };
}

const ORIGIN_WIDTH = Math.max(...TOKEN_ORIGINS.map((origin) => origin.length));

const FINISH: Readonly<Record<FinishReason, string>> = {
  'end-of-text': 'ended by the model',
  length: 'as many as asked for',
  'context-full': 'the context is full',
  cancelled: 'stopped',
  failed: 'failed',
};

/** What the drafts brought: `12 passes: 30 of 40 drafted tokens accepted (75 %), 3.5 tokens a draft`. */
export function speculationText(speculation: SpeculationSummary, passes: number): string {
  const { drafted, accepted, acceptanceRate, meanAcceptanceLength, alpha, outputTv } = speculation;
  if (acceptanceRate === null) return `${passes} passes: nothing was drafted`;
  const { passes: drafts } = speculation;
  const counted = passes > 0 ? `${passes} passes: ` : drafts > 0 ? `${drafts} drafts: ` : '';
  return [
    `${counted}${accepted} of ${drafted} drafted tokens accepted (${(acceptanceRate * 100).toFixed(1)} %)`,
    ...(meanAcceptanceLength === null ? [] : [`${meanAcceptanceLength.toFixed(2)} tokens a draft`]),
    ...(alpha === null ? [] : [`α ${alpha.toFixed(3)}`]),
    ...(outputTv ? [`output ${outputTv.mean.toFixed(3)} from the model's in total variation`] : []),
  ].join(', ');
}

/** The prompt as it was typed, where it was, and what follows it: tokenizers may write blanks before a text. */
function wholeText(trace: Trace): string | null {
  const { promptText } = trace.header;
  const generated = generatedText(trace);
  return promptText === undefined || generated === null ? textFrom(trace, 0) : promptText + generated;
}

export function samplingText({ temperature, topK, topP, minP, seed }: Sampling): string {
  if (temperature === 0) return 'greedy';
  return [
    `temperature ${temperature}`,
    ...(topK > 0 ? [`top-k ${topK}`] : []),
    ...(topP < 1 ? [`top-p ${topP}`] : []),
    ...(minP > 0 ? [`min-p ${minP}`] : []),
    `seed ${seed}`,
  ].join(', ');
}

function tokenRow({ index, id, text, judgement }: TraceToken, origin: string, showsIds: boolean): string {
  return row(
    String(index),
    showsIds ? String(id) : '–',
    judgement === null ? '–' : judgement.probability.toFixed(3),
    judgement === null ? '–' : String(judgement.rank),
    judgement === null ? '–' : `${judgement.surprisal.toFixed(2)} bits`,
    judgement === null ? '–' : `${judgement.entropy.toFixed(2)} bits`,
    origin + tokenLabel(text),
  );
}

function row(...cells: readonly [string, string, string, string, string, string, string]): string {
  const widths = [5, 7, 11, 6, 10, 10];
  return cells.map((cell, i) => (i < widths.length ? cell.padStart(widths[i] as number) : cell)).join('  ');
}
