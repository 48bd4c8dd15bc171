import * as vscode from 'vscode';
import type { Call, Handlers } from '../../protocol/call';
import type { CursorAction, CursorApi, CursorNotifications } from '../../protocol/cursorView';
import { chooseEditorModel } from '../editor/model';
import type { Log } from '../log';
import { servePage, webviewHtml, webviewOptions, type WebviewBundle } from '../webviewPage';

const COMMANDS: Readonly<Record<CursorAction, string>> = {
  openFile: 'workbench.action.quickOpen',
  newText: 'workbench.action.files.newUntitledFile',
  addModelFolder: 'vivarium.addModelFolder',
  manageTrust: 'workbench.trust.manage',
  showLog: 'vivarium.showLog',
  colour: 'vivarium.colourBySurprisal',
};

/** What all pages beside a text do alike. */
export const sharedHandlers: Omit<Handlers<CursorApi<never>>, 'snapshot'> = {
  chooseModel: async ({ name }) => {
    await chooseEditorModel(name);
    return null;
  },
  act: async ({ action }) => {
    await vscode.commands.executeCommand(COMMANDS[action]);
    return null;
  },
};

export interface CursorPageParts<Api extends Record<keyof Api, Call<unknown, unknown, unknown>>> {
  /** Of the view, as package.json names it. */
  readonly id: string;
  /** As the log names it. */
  readonly name: string;
  readonly bundle: WebviewBundle;
  readonly extensionUri: vscode.Uri;
  /** Each behind the check of its parameters. */
  readonly handlers: Handlers<Api>;
  readonly onLook: (visible: boolean) => void;
  readonly log: Log;
}

/** A view beside the text, in a side bar or a panel: hidden, dragged elsewhere and shown anew as the user likes. */
export class CursorPage<
  Ready,
  Api extends Record<keyof Api, Call<unknown, unknown, unknown>>,
  Notifications extends CursorNotifications<Ready> = CursorNotifications<Ready>,
>
  implements vscode.WebviewViewProvider, vscode.Disposable
{
  private view: vscode.WebviewView | undefined;
  private readonly registration: vscode.Disposable;

  constructor(private readonly parts: CursorPageParts<Api>) {
    this.registration = vscode.window.registerWebviewViewProvider(parts.id, this);
  }

  resolveWebviewView(view: vscode.WebviewView): void {
    const { name, bundle, extensionUri, handlers, onLook, log } = this.parts;
    const { webview } = view;
    webview.options = webviewOptions(extensionUri);
    const served = servePage(webview, name, handlers, log);
    this.view = view;
    const looking = view.onDidChangeVisibility(() => onLook(view.visible));
    view.onDidDispose(() => {
      vscode.Disposable.from(served, looking).dispose();
      // The view may have been resolved anew already, as when it is dragged to another side bar.
      if (this.view !== view) return;
      this.view = undefined;
      onLook(false);
    });
    webview.html = webviewHtml(webview, extensionUri, bundle);
    onLook(view.visible);
  }

  /** A page that is hidden asks for all of it when it is shown again. */
  notify<N extends keyof Notifications>(name: N, data: Notifications[N]): void {
    if (this.view?.visible) void this.view.webview.postMessage({ rpc: 'notify', name, data });
  }

  dispose(): void {
    this.registration.dispose();
  }
}
