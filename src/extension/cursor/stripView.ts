import { served } from '../../protocol/request';
import * as vscode from 'vscode';
import { STRIP_VIEW, type StripApi, type StripNotifications, type StripReady } from '../../protocol/stripView';
import type { SurprisalColours } from '../editor/surprisal';
import type { EditorEngine } from '../engine/engine';
import type { Log } from '../log';
import type { ModelCatalog } from '../models/catalog';
import { CursorPage, sharedHandlers } from './page';
import { StripFollower } from './stripFollower';
import { TokenMark } from './tokenMark';

/** The strip of the editor's panel: surprisal and probability mass of the text that is being edited, a column a token. */
export class StripView implements vscode.Disposable {
  private readonly follower: StripFollower;
  private readonly page: CursorPage<StripReady, StripApi, StripNotifications>;
  private readonly mark = new TokenMark();
  private readonly subscriptions: vscode.Disposable[];

  constructor(extensionUri: vscode.Uri, { engine, catalog, colours, log }: StripViewServices) {
    const follower = new StripFollower({
      engine,
      models: catalog,
      colours,
      onProblem: (error) => log.problem('Surprisal view', error),
      onChange: (snapshot) => {
        this.mark.clear();
        this.page.notify('changed', snapshot);
      },
      onBusy: (busy) => this.page.notify('busy', { busy }),
      onCursor: (place, cursor) => this.page.notify('cursor', { place, cursor }),
    });
    this.follower = follower;
    this.page = new CursorPage({
      ...{ id: 'vivarium.strip', name: 'Surprisal view', bundle: 'strip', extensionUri, log },
      handlers: served(STRIP_VIEW, {
        ...sharedHandlers,
        snapshot: () => follower.snapshot,
        point: async ({ place, index, how }) => {
          if (index === null) {
            this.mark.clear();
            return null;
          }
          const { editor, range } = follower.rangeOf(place, index);
          this.mark.show(editor, range, how !== 'frame');
          if (how !== 'go') return null;
          const selection = new vscode.Selection(range.end, range.end);
          const column = editor.viewColumn;
          await vscode.window.showTextDocument(editor.document, {
            selection,
            ...(column ? { viewColumn: column } : {}),
          });
          return null;
        },
      }),
      onLook: (visible) => {
        if (!visible) this.mark.clear();
        follower.look(visible);
      },
    });
    this.subscriptions = [follower, this.page, this.mark, catalog.onChange(() => this.follower.modelsChanged())];
  }

  dispose(): void {
    vscode.Disposable.from(...this.subscriptions).dispose();
  }
}

export interface StripViewServices {
  readonly engine: EditorEngine;
  readonly catalog: ModelCatalog;
  readonly colours: SurprisalColours;
  readonly log: Log;
}
