import { readPrompt, type CompletionPart, type ServerToken } from '../../core/server/completion';
import { alignTexts } from '../../core/server/texts';
import type { Judgement } from '../../core/trace/record';
import { Problem } from '../../protocol/errors';
import { Refusal, type ServerHttp } from './http';

/** Most ids of one request: each is read as a token of a prompt. */
const IDS_A_REQUEST = 200;
/** Most parts that wait for texts: then the stream waits. */
const MOST_WAITING = 500;

/**
 * Texts of ids, for the alternatives of a run. vLLM names them by id or by text, never by both, and texts of different tokens may
 * be the same; but the tokens of a prompt have both. So ids that are new are sent as a prompt to be scored, many at once.
 */
export class TokenTexts {
  private readonly texts = new Map<number, string>();
  private refused = false;

  constructor(
    private readonly http: ServerHttp,
    private readonly model: string,
    private readonly longest: number,
  ) {}

  /** What the prompt's tokens and their alternatives read as is told with them. */
  learn(tokens: readonly ServerToken[]): void {
    for (const { judgement } of tokens) {
      for (const { id, text } of judgement?.top ?? []) this.texts.set(id, text);
    }
  }

  /** How many have no text in the end, because the server refused. */
  get missing(): boolean {
    return this.refused;
  }

  /**
   * The parts with the texts of all their tokens and alternatives. They are read ahead while texts are asked for; what came before a
   * failure is given before it is thrown.
   */
  async *with(parts: AsyncIterable<CompletionPart>, signal: AbortSignal): AsyncGenerator<CompletionPart> {
    const ahead = new ReadAhead(parts, MOST_WAITING);
    try {
      for (;;) {
        const batch = await ahead.take();
        if (batch.length === 0) return;
        const ids = batch.flatMap(({ tokens }) => tokens).flatMap(idsOf);
        const failure = await this.lookUp(ids, signal).then(
          () => undefined,
          (error: unknown) => Problem.from(error),
        );
        for (const part of batch) yield { ...part, tokens: this.withTexts(part.tokens, part.text) };
        if (failure) throw ahead.failure ?? failure;
      }
    } finally {
      ahead.close();
    }
  }

  private async lookUp(ids: readonly number[], signal: AbortSignal): Promise<void> {
    const wanted = [...new Set(ids)].filter((id) => !this.texts.has(id));
    const most = Math.max(1, Math.min(IDS_A_REQUEST, this.longest - 2));
    for (let at = 0; at < wanted.length && !this.refused; at += most) {
      const some = wanted.slice(at, at + most);
      // Nothing predicts the first token of a prompt, so no text of it is told.
      const prompt = [some[0], ...some];
      const body = {
        model: this.model,
        prompt,
        max_tokens: 1,
        temperature: 0,
        prompt_logprobs: 0,
        return_token_ids: true,
      };
      try {
        const answer = await this.http.json('/v1/completions', body, signal);
        const told = this.http.reading(() => readPrompt(answer, 0));
        for (const { id, text } of told.slice(1)) this.texts.set(id, text);
      } catch (error) {
        if (!(error instanceof Refusal)) throw error;
        this.refused = true;
      }
    }
  }

  private withTexts(tokens: readonly ServerToken[], text: string): ServerToken[] {
    const own =
      tokens.length < 2 || tokens.some((token) => token.text !== '')
        ? tokens.map((token) => token.text)
        : (alignTexts(
            tokens.map(({ id }) => this.texts.get(id) ?? ''),
            text,
          ) ?? tokens.map((_, i) => (i === tokens.length - 1 ? text : '')));
    return tokens.map((token, i) => ({
      ...token,
      text: own[i] as string,
      judgement: token.judgement && this.judgement(token.judgement),
    }));
  }

  private judgement(judgement: Judgement): Judgement {
    return {
      ...judgement,
      top: judgement.top.map((each) => (each.text === '' ? { ...each, text: this.texts.get(each.id) ?? '' } : each)),
    };
  }
}

function idsOf({ id, text, judgement }: ServerToken): number[] {
  const alternatives = (judgement?.top ?? []).filter((each) => each.text === '').map((each) => each.id);
  return text === '' ? [id, ...alternatives] : alternatives;
}

/** Reads on while what was read is worked on. Its source is stopped by whoever made it. */
class ReadAhead<T> {
  /** What reading threw. */
  failure: Problem | undefined;
  private readonly items: T[] = [];
  private ended = false;
  private wake: () => void = () => undefined;
  private goOn: () => void = () => undefined;

  constructor(source: AsyncIterable<T>, most: number) {
    void this.read(source, most);
  }

  /** All that was read since; empty at the end. @throws Problem that reading threw, after what came before. */
  async take(): Promise<T[]> {
    while (this.items.length === 0 && !this.ended) await new Promise<void>((resolve) => (this.wake = resolve));
    if (this.items.length === 0 && this.failure !== undefined) throw this.failure;
    const taken = this.items.splice(0);
    this.goOn();
    return taken;
  }

  /** Reads no further. */
  close(): void {
    this.ended = true;
    this.goOn();
  }

  private async read(source: AsyncIterable<T>, most: number): Promise<void> {
    try {
      for await (const item of source) {
        if (this.ended) return;
        this.items.push(item);
        this.wake();
        while (this.items.length >= most && !this.ended) await new Promise<void>((resolve) => (this.goOn = resolve));
      }
    } catch (error) {
      this.failure = Problem.from(error);
    } finally {
      this.ended = true;
      this.wake();
    }
  }
}
