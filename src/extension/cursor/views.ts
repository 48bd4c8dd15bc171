import { served } from '../../protocol/request';
import * as vscode from 'vscode';
import { ATTENTION_VIEW, type AttentionApi, type AttentionReady } from '../../protocol/attentionView';
import type { AtCursor, CursorSnapshot } from '../../protocol/cursorView';
import { TOKENS_VIEW, type NextReady, type TokensApi } from '../../protocol/tokensView';
import type { EditorEngine } from '../engine/engine';
import type { Log } from '../log';
import type { ModelCatalog } from '../models/catalog';
import { type CursorAnswer, CursorFollower } from './follower';
import { CursorPage, sharedHandlers } from './page';
import { TokenMark } from './tokenMark';

/**
 * The views of the side bar that follow the cursor of a text: what would come next (Tokens), and where the model looks to
 * say so (Attention). One pass of the model serves both.
 */
export class CursorViews implements vscode.Disposable {
  private readonly follower: CursorFollower;
  private readonly tokens: CursorPage<NextReady, TokensApi>;
  private readonly attention: CursorPage<AttentionReady, AttentionApi>;
  private readonly mark = new TokenMark();
  private readonly subscriptions: vscode.Disposable[];

  constructor(extensionUri: vscode.Uri, engine: EditorEngine, catalog: ModelCatalog, log: Log) {
    const follower = new CursorFollower({
      engine,
      models: catalog,
      onProblem: (error) => log.problem('Views at the cursor', error),
      onChange: (snapshot) => {
        this.mark.clear();
        this.tokens.notify('changed', nextOf(snapshot));
        this.attention.notify('changed', looksOf(snapshot));
      },
      onBusy: (busy) => {
        this.tokens.notify('busy', { busy });
        this.attention.notify('busy', { busy });
      },
    });
    this.follower = follower;
    this.tokens = new CursorPage({
      ...{ id: 'vivarium.tokens', name: 'Tokens view', bundle: 'tokens', extensionUri, log },
      handlers: served(TOKENS_VIEW, {
        ...sharedHandlers,
        snapshot: () => nextOf(follower.snapshot),
        insert: async ({ place, id }) => ({ text: await follower.insert(place, id) }),
        describe: async ({ place, ids }) => ({ tokens: await follower.describe(place, ids) }),
      }),
      onLook: (visible) => follower.look('tokens', visible),
    });
    this.attention = new CursorPage({
      ...{ id: 'vivarium.attention', name: 'Attention view', bundle: 'attention', extensionUri, log },
      handlers: served(ATTENTION_VIEW, {
        ...sharedHandlers,
        snapshot: () => looksOf(follower.snapshot),
        reveal: ({ place, index }) => {
          const found = follower.rangeOf(place, index);
          if (found) this.mark.show(found.editor, found.range);
          else this.mark.clear();
          return { found: found !== null };
        },
      }),
      onLook: (visible) => {
        if (!visible) this.mark.clear();
        follower.look('attention', visible);
      },
    });
    this.subscriptions = [
      follower,
      this.tokens,
      this.attention,
      this.mark,
      catalog.onChange(() => this.follower.moved()),
    ];
  }

  dispose(): void {
    vscode.Disposable.from(...this.subscriptions).dispose();
  }
}

function nextOf(snapshot: CursorSnapshot<CursorAnswer>): CursorSnapshot<NextReady> {
  const { shown } = snapshot;
  return { ...snapshot, shown: shown.state === 'ready' ? { state: 'ready', next: shown.next } : shown };
}

/** Until the model has been asked with somebody looking, its answer is waited for. */
function looksOf(snapshot: CursorSnapshot<CursorAnswer>): CursorSnapshot<AttentionReady> {
  const { shown } = snapshot;
  if (shown.state !== 'ready') return { ...snapshot, shown };
  const looks: AtCursor<AttentionReady> = shown.looks ? { state: 'ready', looks: shown.looks } : { state: 'waiting' };
  return { ...snapshot, shown: looks };
}
