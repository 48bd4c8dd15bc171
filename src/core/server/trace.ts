import { encodeUtf8 } from '../text/utf8';
import {
  TRACE_VERSION,
  type FinishReason,
  type Sampling,
  type ServerIdentity,
  type Trace,
  type TraceHeader,
  type TraceToken,
  type TokenOrigin,
} from '../trace/record';
import type { ServerToken } from './completion';
import { placeDrafts } from './drafts';
import type { ReportedSpeculation } from './speculation';

/** A run on a server, as far as it came. */
export interface ServerRun {
  readonly id: string;
  readonly createdAt: string;
  readonly software: TraceHeader['software'];
  readonly server: ServerIdentity;
  readonly model: string;
  readonly contextLength: number | null;
  readonly promptText?: string;
  readonly sampling: Sampling;
  readonly maxNewTokens: number;
  readonly prompt: readonly ServerToken[];
  /** Tokens of each piece of the stream. */
  readonly pieces: readonly (readonly ServerToken[])[];
  readonly finish: FinishReason;
  /** One sentence where it failed. */
  readonly message?: string;
  readonly speculation?: ReportedSpeculation;
  /** Wall time here, in seconds: of the whole run, and until the first token. */
  readonly seconds: number;
  readonly prefillSeconds: number;
}

/** The run as a trace like any other; what the server did not tell is said in its notes. */
export function traceOf(run: ServerRun): Trace {
  const { prompt, speculation } = run;
  const generated = run.pieces.flat();
  const lengths = run.pieces.map((piece) => piece.length).filter((length) => length > 0);
  const placed = placeDrafts(speculation ?? { steps: [] }, lengths, prompt.length);
  const tokens = [
    ...withFirst(prompt, run.promptText).map((token, index) => traceToken(token, index, 'prompt')),
    ...generated.map((token, i) => traceToken(token, prompt.length + i, placed.origins[i] ?? 'sampled')),
  ];
  const after = run.seconds - run.prefillSeconds;
  return {
    header: headerOf(run),
    tokens,
    passes: [],
    summary: {
      type: 'summary',
      finish: run.finish,
      ...(run.message === undefined ? {} : { message: run.message }),
      passes: 0,
      promptTokens: prompt.length,
      generatedTokens: generated.length,
      seconds: run.seconds,
      prefillSeconds: run.prefillSeconds,
      tokensPerSecond: generated.length > 1 && after > 0 ? (generated.length - 1) / after : null,
      ...(speculation ? { speculation: speculation.summary, reported: placed.drafts } : {}),
      notes: notesOf(run, tokens, placed.drafts.filter(({ start }) => start === null).length),
    },
  };
}

function headerOf({ server, model, prompt, ...run }: ServerRun): TraceHeader {
  return {
    type: 'header',
    version: TRACE_VERSION,
    id: run.id,
    createdAt: run.createdAt,
    software: run.software,
    model: {
      name: model,
      folder: '',
      file: '',
      sha256: '',
      dtype: 'unknown',
      architecture: 'unknown',
      task: 'text',
      layers: 0,
      heads: 0,
      vocabularySize: 0,
      contextLength: run.contextLength,
      server,
    },
    // Its texts are the server's: a trace with them has text.
    tokenizer: 'tokenizer.json',
    ...(run.promptText === undefined ? {} : { promptText: run.promptText }),
    promptLength: prompt.length,
    decoder: { name: server.kind, exact: true },
    sampling: run.sampling,
    maxNewTokens: run.maxNewTokens,
    endIds: [],
    capture: { attention: [], hidden: [], logits: false },
  };
}

/** Nothing predicts the first token, so no text of it is told: it is what the others leave of the prompt. */
function withFirst(prompt: readonly ServerToken[], promptText: string | undefined): readonly ServerToken[] {
  const [first, ...rest] = prompt;
  if (first === undefined || promptText === undefined || first.text !== '') return prompt;
  const others = rest.map((token) => token.text).join('');
  return promptText.endsWith(others)
    ? [{ ...first, text: promptText.slice(0, promptText.length - others.length) }, ...rest]
    : prompt;
}

function traceToken({ id, text, judgement }: ServerToken, index: number, origin: TokenOrigin): TraceToken {
  return { type: 'token', index, id, text, bytes: [...encodeUtf8(text)], special: false, origin, judgement };
}

function notesOf({ speculation, server }: ServerRun, tokens: readonly TraceToken[], unplaced: number): string[] {
  const partial = tokens.filter(({ judgement }) => judgement?.partial !== undefined);
  const ranks = partial.filter(({ judgement }) => judgement?.partial?.rankKnown === false).length;
  const own = tokens.filter(({ origin, judgement }) => origin !== 'prompt' && judgement?.top.length === 1).length;
  return [
    `The tokens and their probabilities are what ${server.address} said; it shows no attention, hidden states or logits.`,
    ...(partial.length > 0
      ? ['The server tells the most probable tokens only: each entropy is the least that it can be.']
      : []),
    ...(ranks > 0 ? [`The rank of ${ranks} ${ranks === 1 ? 'token' : 'tokens'} the best that it can have.`] : []),
    ...(own > 0
      ? [
          `Of ${own} generated tokens the alternatives have no ids and are left out: the server names them by their text.`,
        ]
      : []),
    ...(speculation ? ['The server counts its drafts: which tokens were rejected, p, q and r are not reported.'] : []),
    ...(unplaced > 0 ? [`Between which tokens ${unplaced} of its drafts stood cannot be told from the answer.`] : []),
  ];
}
