import { served } from '../../src/protocol/request';
import { contextOf } from '../../src/core/text/continuation';
import { ATTENTION_VIEW, type AttentionApi, type AttentionReady } from '../../src/protocol/attentionView';
import type { Handlers } from '../../src/protocol/call';
import { Problem } from '../../src/protocol/errors';
import { CursorHost } from './cursor-view-host';

/** The extension's side of an Attention view without VS Code: a text up to its cursor, before the real engine and model. */
export class AttentionHost extends CursorHost<AttentionApi, AttentionReady> {
  protected override handlers(): Handlers<AttentionApi> {
    return served(ATTENTION_VIEW, {
      snapshot: () => this.snapshot,
      chooseModel: () => null,
      act: () => null,
      reveal: ({ place, index }) => {
        if (place !== this.place) throw new Problem({ code: 'stale-edit', message: 'The cursor has moved on.' });
        return { found: index > 0 };
      },
    });
  }

  /** Puts the cursor behind a text; gives what is shown of it. */
  async write(text: string): Promise<AttentionReady['looks']> {
    const model = { folder: this.model.folder, file: this.model.file };
    const { tokens } = contextOf(text, (await this.engine.call('tokenize', { model, text })).tokens, 256);
    const ids = tokens.map(({ id }) => id);
    const { attention } = await this.engine.call('nextLogits', { model, ids, attention: true });
    const looks = {
      ...{ place: ++this.place, model: this.model.name, file: 'stories/dog-story.txt', line: 3, column: 32 },
      ...{ used: tokens.length, whole: true, tokens, attention: attention! },
    };
    await this.set({ shown: { state: 'ready', looks }, model: this.model.name, busy: false });
    return looks;
  }
}
