import * as vscode from 'vscode';
import type { Handlers } from '../../protocol/call';
import { isRpcMessage, RpcServer } from '../../protocol/rpc';
import type { TokensAction, TokensApi, TokensNotifications } from '../../protocol/tokensView';
import { chooseEditorModel } from '../editor/model';
import type { EditorEngine } from '../engine/engine';
import type { Log } from '../log';
import type { ModelCatalog } from '../models/catalog';
import { webviewHtml, webviewOptions } from '../webviewPage';
import { CursorFollower } from './follower';
import { tokensRequests } from './validation';

export const TOKENS_VIEW = 'vivarium.tokens';

const COMMANDS: Readonly<Record<TokensAction, string>> = {
  openFile: 'workbench.action.quickOpen',
  newText: 'workbench.action.files.newUntitledFile',
  addModelFolder: 'vivarium.addModelFolder',
  manageTrust: 'workbench.trust.manage',
  showLog: 'vivarium.showLog',
};

/** The Tokens view of the side bar: what would follow the text before the cursor. */
export class TokensView implements vscode.WebviewViewProvider, vscode.Disposable {
  private readonly follower: CursorFollower;
  private webview: vscode.Webview | undefined;
  private readonly subscriptions: vscode.Disposable[];

  constructor(
    private readonly extensionUri: vscode.Uri,
    engine: EditorEngine,
    catalog: ModelCatalog,
    private readonly log: Log,
  ) {
    this.follower = new CursorFollower({
      engine,
      models: catalog,
      onProblem: (error) => log.problem('Tokens view', error),
      onChange: (snapshot) => this.notify('changed', snapshot),
      onBusy: (busy) => this.notify('busy', { busy }),
    });
    this.subscriptions = [
      this.follower,
      catalog.onChange(() => this.follower.moved()),
      vscode.window.registerWebviewViewProvider(TOKENS_VIEW, this),
    ];
  }

  resolveWebviewView(view: vscode.WebviewView): void {
    const { webview } = view;
    webview.options = webviewOptions(this.extensionUri);
    const server = new RpcServer<TokensApi>(
      { post: (message) => void webview.postMessage(message) },
      tokensRequests(this.handlers()),
      { onError: (method, problem) => void this.log.problem(`Tokens view, ${method}`, problem) },
    );
    this.webview = webview;
    const parts = [
      webview.onDidReceiveMessage((message: unknown) => {
        if (isRpcMessage(message)) server.receive(message);
      }),
      view.onDidChangeVisibility(() => this.follower.look(view.visible)),
    ];
    view.onDidDispose(() => {
      server.abortAll();
      vscode.Disposable.from(...parts).dispose();
      // The view may have been resolved anew already, as when it is dragged to another side bar.
      if (this.webview !== webview) return;
      this.webview = undefined;
      this.follower.look(false);
    });
    webview.html = webviewHtml(webview, this.extensionUri, 'tokens');
    this.follower.look(view.visible);
  }

  dispose(): void {
    vscode.Disposable.from(...this.subscriptions).dispose();
  }

  private handlers(): Handlers<TokensApi> {
    const { follower } = this;
    return {
      snapshot: () => follower.snapshot,
      insert: async ({ place, id }) => ({ text: await follower.insert(place, id) }),
      describe: async ({ place, ids }) => ({ tokens: await follower.describe(place, ids) }),
      chooseModel: async ({ name }) => {
        await chooseEditorModel(name);
        return null;
      },
      act: async ({ action }) => {
        await vscode.commands.executeCommand(COMMANDS[action]);
        return null;
      },
    };
  }

  private notify<N extends keyof TokensNotifications>(name: N, data: TokensNotifications[N]): void {
    void this.webview?.postMessage({ rpc: 'notify', name, data });
  }
}
