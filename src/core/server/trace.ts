import { encodeUtf8 } from '../text/utf8';
import {
  TRACE_VERSION,
  type FinishReason,
  type ServerIdentity,
  type TraceHeader,
  type TraceSummary,
  type TraceToken,
} from '../trace/record';
import type { Sampling } from '../decode/sampling';
import type { ServerToken } from './completion';
import { alignTexts } from './texts';
import { placeDrafts } from './drafts';
import type { ReportedSpeculation } from './speculation';

/** What is known of a run on a server when it begins. */
export interface ServerRun {
  readonly id: string;
  readonly createdAt: string;
  readonly software: TraceHeader['software'];
  readonly server: ServerIdentity;
  readonly model: string;
  readonly contextLength: number | null;
  /** null where the server does not say. */
  readonly vocabularySize: number | null;
  /** How many were asked for at each place. */
  readonly alternatives: number | 'whole';
  readonly promptText?: string;
  readonly sampling: Sampling;
  readonly maxNewTokens: number;
  /** Empty where the server tells nothing of it. */
  readonly prompt: readonly ServerToken[];
}

/** What is known when it ends. */
export interface ServerRunEnd {
  readonly finish: FinishReason;
  /** One sentence where it failed. */
  readonly message?: string;
  readonly speculation?: ReportedSpeculation;
  /** Wall time here, in seconds: of the whole run, and until the first token. */
  readonly seconds: number;
  readonly prefillSeconds: number;
  /** What else is to be said, one sentence each. */
  readonly notes?: readonly string[];
}

/**
 * The events of a run on a server as they become known: the header, the prompt, each piece of the answer, the summary. What
 * it keeps of a run is a count a piece, so that a long one takes no more memory than a short one.
 */
export class ServerTrace {
  private readonly lengths: number[] = [];
  private generated = 0;
  private readonly told = { partial: 0, rankUnknown: 0, without: 0, unjudged: 0 };

  constructor(private readonly run: ServerRun) {}

  header(): TraceHeader {
    const { server, model, prompt, ...run } = this.run;
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
        vocabularySize: run.vocabularySize ?? 0,
        contextLength: run.contextLength,
        server,
      },
      sequence: { form: 'causal' },
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

  promptTokens(): TraceToken[] {
    const { prompt, promptText } = this.run;
    return withFirst(prompt, promptText).map((token, index) => this.token(token, index, 'prompt'));
  }

  /** The tokens of the next piece of the answer; how they came to be is known at the end (see `TraceSummary.reported`). */
  piece(tokens: readonly ServerToken[]): TraceToken[] {
    if (tokens.length === 0) return [];
    this.lengths.push(tokens.length);
    return tokens.map((token) => this.token(token, this.run.prompt.length + this.generated++, 'sampled'));
  }

  /** Tokens so far, those of the prompt included. */
  get tokenCount(): number {
    return this.run.prompt.length + this.generated;
  }

  /** What the server did not tell is said in the notes. */
  summary({ finish, message, speculation, seconds, prefillSeconds, notes = [] }: ServerRunEnd): TraceSummary {
    const promptTokens = this.run.prompt.length;
    const drafts = placeDrafts(speculation ?? { steps: [] }, this.lengths, promptTokens);
    const after = seconds - prefillSeconds;
    return {
      type: 'summary',
      finish,
      ...(message === undefined ? {} : { message }),
      passes: 0,
      promptTokens,
      generatedTokens: this.generated,
      seconds,
      prefillSeconds,
      tokensPerSecond: this.generated > 1 && after > 0 ? (this.generated - 1) / after : null,
      ...(speculation ? { speculation: speculation.summary, reported: drafts } : {}),
      notes: [...this.notes(speculation !== undefined, drafts.filter(({ start }) => start === null).length), ...notes],
    };
  }

  private token({ id, text, judgement }: ServerToken, index: number, origin: 'prompt' | 'sampled'): TraceToken {
    if (judgement?.partial !== undefined) {
      this.told.partial++;
      if (!judgement.partial.rankKnown) this.told.rankUnknown++;
    }
    if (origin !== 'prompt' && judgement?.top.length === 1 && this.run.alternatives !== 1) this.told.without++;
    if (origin !== 'prompt' && judgement === null) this.told.unjudged++;
    return { type: 'token', index, id, text, bytes: [...encodeUtf8(text)], special: false, origin, judgement };
  }

  private notes(speculates: boolean, unplaced: number): string[] {
    const { partial, rankUnknown, without, unjudged } = this.told;
    const { address } = this.run.server;
    return [
      `The tokens and their probabilities are what ${address} said; it shows no attention, hidden states or logits.`,
      ...(partial > 0
        ? ['The server tells the most probable tokens only: each entropy is the least that it can be.']
        : []),
      ...(rankUnknown > 0
        ? [`The rank of ${rankUnknown} ${rankUnknown === 1 ? 'token' : 'tokens'} the best that it can have.`]
        : []),
      ...(without > 0
        ? [
            `Of ${without} generated tokens the alternatives have no ids and are left out: the server names them by their text.`,
          ]
        : []),
      ...(unjudged > 0
        ? [`Of ${unjudged} generated ${unjudged === 1 ? 'token' : 'tokens'} the server told no probability.`]
        : []),
      ...(speculates ? ['The server counts its drafts: which tokens were rejected, p, q and r are not reported.'] : []),
      ...(unplaced > 0 ? [`Between which tokens ${unplaced} of its drafts stood cannot be told from the answer.`] : []),
    ];
  }
}

/**
 * The tokens of the prompt, each with its part of the text as it was typed. Nothing predicts the first, so no text of it is told:
 * it is what the others leave.
 */
function withFirst(prompt: readonly ServerToken[], promptText: string | undefined): readonly ServerToken[] {
  if (promptText === undefined) return prompt;
  const [first, ...rest] = prompt.map(({ text }) => text);
  const others = rest.join('');
  const told =
    first === '' && promptText.endsWith(others) ? promptText.slice(0, promptText.length - others.length) : first;
  const aligned = told === undefined ? null : alignTexts([told, ...rest], promptText);
  return aligned === null ? prompt : prompt.map((token, i) => ({ ...token, text: aligned[i] as string }));
}
