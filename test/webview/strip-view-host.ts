import { served } from '../../src/protocol/request';
import { type ScoredText, TextScorer } from '../../src/extension/editor/scoring';
import type { Handlers } from '../../src/protocol/call';
import { Problem } from '../../src/protocol/errors';
import {
  STRIP_VIEW,
  type Strip,
  type StripApi,
  type StripNotifications,
  type StripReady,
} from '../../src/protocol/stripView';
import { CursorHost } from './cursor-view-host';

/** The extension's side of a strip without VS Code: a text that the real engine and model have scored. */
export class StripHost extends CursorHost<StripApi, StripReady, StripNotifications> {
  protected override handlers(): Handlers<StripApi> {
    return served(STRIP_VIEW, {
      snapshot: () => this.snapshot,
      chooseModel: () => null,
      act: () => null,
      point: ({ place }) => {
        if (place !== this.place) throw new Problem({ code: 'stale-edit', message: 'The text has changed.' });
        return null;
      },
    });
  }

  /** Scores a text, with the cursor behind it; gives what is shown of it. */
  async write(text: string, change: Partial<Strip> = {}): Promise<{ strip: Strip; scored: ScoredText }> {
    const scored = await new TextScorer(this.engine, this.model).score(text, new AbortController().signal, {
      capped: String,
      changed: '',
    });
    const tokens = scored.spans.flatMap((span) => span.tokens).map((token, index) => ({ ...token, index }));
    const strip: Strip = {
      ...{ place: ++this.place, model: this.model.name, file: 'stories/dog-story.txt', of: 'cursor', tokens },
      ...{ from: 0, total: tokens.length, whole: true, cursor: tokens.length, notes: [] },
      ...change,
    };
    await this.set({ shown: { state: 'ready', strip }, model: this.model.name, busy: false });
    return { strip, scored };
  }
}
