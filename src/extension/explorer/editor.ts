import * as vscode from 'vscode';
import type { Log } from '../log';
import { saveText } from '../saveDialog';
import { servePage, webviewHtml } from '../webviewPage';
import type { ExplorerEditor, ExplorerServices } from './ports';
import { saveRun } from './save';
import { ExplorerSession, type SessionOptions } from './session';

/** What VS Code does where a page of the Explorer asks for it. */
export function explorerEditor(log: Log): ExplorerEditor {
  return {
    workspaceTrusted: () => vscode.workspace.isTrusted,
    copy: (text) => vscode.env.clipboard.writeText(text),
    showLog: () => log.channel.show(),
    openWalkthrough: () => vscode.commands.executeCommand('vivarium.getStarted'),
    save: saveText,
    saveRun: (trace, writeTensors) => saveRun(trace, writeTensors, log),
  };
}

/** A session that has a panel for its page, until it is disposed of. */
export interface ShownSession extends vscode.Disposable {
  readonly session: ExplorerSession;
}

/** Shows an Explorer on a panel. */
export function showSession(
  services: ExplorerServices,
  extensionUri: vscode.Uri,
  panel: vscode.WebviewPanel,
  options: SessionOptions,
  setTitle: (title: string) => void = () => undefined,
): ShownSession {
  const { webview } = panel;
  const session = new ExplorerSession(
    services,
    {
      tell: (name, data) => webview.postMessage({ rpc: 'notify', name, data }),
      reveal: () => panel.reveal(),
      setTitle,
    },
    options,
  );
  const served = servePage(webview, 'Explorer', session.handlers, services.log);
  // A page that is hidden is gone: nobody waits for what it has asked, and the page after it asks anew.
  const watching = panel.onDidChangeViewState(() => {
    if (!panel.visible) served.abortAll();
  });
  webview.html = webviewHtml(webview, extensionUri, 'explorer');
  return {
    session,
    dispose: () => {
      vscode.Disposable.from(served, watching, session).dispose();
    },
  };
}
