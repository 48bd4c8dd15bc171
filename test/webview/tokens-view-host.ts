import { served } from '../../src/protocol/request';
import { topK } from '../../src/core/numeric/ranking';
import { contextOf, tokenAt, wholeText } from '../../src/core/text/continuation';
import type { Handlers } from '../../src/protocol/call';
import type { TokenInfo } from '../../src/protocol/models';
import { Problem } from '../../src/protocol/errors';
import { TOKENS_VIEW, type NextReady, type TokensApi } from '../../src/protocol/tokensView';
import { CursorHost } from './cursor-view-host';

/** The extension's side of a Tokens view without VS Code: one text with a cursor, before the real engine and a real model. */
export class TokensHost extends CursorHost<TokensApi, NextReady> {
  private before = '';
  private after = '';

  get text(): string {
    return this.before + this.after;
  }

  /** Puts the cursor between two texts. */
  async write(before: string, after = ''): Promise<void> {
    Object.assign(this, { before, after });
    const model = { folder: this.model.folder, file: this.model.file };
    const tokenize = async (text: string): Promise<readonly TokenInfo[]> =>
      (await this.engine.call('tokenize', { model, text })).tokens;
    const { tokens } = contextOf(before, await tokenize(before), 256);
    const { logits } = await this.engine.call('nextLogits', { model, ids: tokens.map(({ id }) => id) });
    const follows = after === '' ? null : tokenAt(this.text, await tokenize(this.text), before.length);
    const ids = new Set([...topK(logits, 40), ...(follows === null ? [] : [follows])]);
    const described = await this.engine.call('describeTokens', { model, ids: [...ids] });
    const next = {
      place: ++this.place,
      model: this.model.name,
      file: 'stories/dog-story.txt',
      line: 3,
      column: 32,
      logits,
      tokens: described.tokens,
      last: tokens.at(-1)!,
      used: tokens.length,
      whole: true,
      follows,
    };
    await this.set({ shown: { state: 'ready', next }, model: this.model.name, busy: false });
  }

  protected override handlers(): Handlers<TokensApi> {
    const describe = async (ids: readonly number[]): Promise<readonly TokenInfo[]> =>
      (await this.engine.call('describeTokens', { model: { folder: this.model.folder }, ids })).tokens;
    return served(TOKENS_VIEW, {
      snapshot: () => this.snapshot,
      insert: async ({ place, id }) => {
        const [token] = await describe([id]);
        const text = wholeText(token!.bytes);
        if (place !== this.place) throw new Problem({ code: 'stale-edit', message: 'The cursor has moved on.' });
        if (text === null) throw new Problem({ code: 'not-available', message: 'No text.' });
        await this.write(this.before + text, this.after);
        return { text };
      },
      describe: async ({ ids }) => ({ tokens: await describe(ids) }),
      chooseModel: () => null,
      act: () => null,
    });
  }
}
