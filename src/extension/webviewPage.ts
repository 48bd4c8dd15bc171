import * as crypto from 'node:crypto';
import * as vscode from 'vscode';
import type { Call, Handlers } from '../protocol/call';
import { isRpcMessage, RpcServer } from '../protocol/rpc';
import type { Log } from './log';

/** The folder that a webview may load from, and nothing else. */
function webviewResources(extensionUri: vscode.Uri): vscode.Uri {
  return vscode.Uri.joinPath(extensionUri, 'dist', 'webview');
}

/** What a webview with scripts may do; to be set again where one is revived. */
export function webviewOptions(extensionUri: vscode.Uri): vscode.WebviewOptions {
  return { enableScripts: true, localResourceRoots: [webviewResources(extensionUri)] };
}

/** A bundle of `dist/webview/`, of a script and a style sheet. */
export type WebviewBundle = 'attention' | 'explorer' | 'life' | 'picture' | 'runs' | 'strip' | 'tokens';

/** The page of a view: its one script and its one style sheet under a policy that allows nothing more. */
export function webviewHtml(webview: vscode.Webview, extensionUri: vscode.Uri, bundle: WebviewBundle): string {
  const resources = webviewResources(extensionUri);
  const nonce = crypto.randomBytes(16).toString('base64url');
  const script = webview.asWebviewUri(vscode.Uri.joinPath(resources, `${bundle}.js`)).toString();
  const style = webview.asWebviewUri(vscode.Uri.joinPath(resources, `${bundle}.css`)).toString();
  const policy = [
    `default-src 'none'`,
    `script-src 'nonce-${nonce}'`,
    `style-src ${webview.cspSource}`,
    `img-src ${webview.cspSource} data:`,
    `font-src ${webview.cspSource}`,
  ].join('; ');
  return `<!DOCTYPE html>
<html lang="${escapeAttribute(vscode.env.language)}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${escapeAttribute(policy)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="stylesheet" href="${escapeAttribute(style)}">
<title>Vivarium</title>
</head>
<body>
<div id="root"></div>
<script type="module" nonce="${nonce}" src="${escapeAttribute(script)}"></script>
</body>
</html>`;
}

function escapeAttribute(text: string): string {
  return text.replace(/&/g, '&amp;').replace(/"/g, '&quot;').replace(/</g, '&lt;');
}

/** Answers what a page asks; what goes wrong is written to the log under the page's name. */
export function servePage<Api extends Record<keyof Api, Call<unknown, unknown, unknown>>>(
  webview: vscode.Webview,
  name: string,
  handlers: Handlers<Api>,
  log: Pick<Log, 'problem'>,
): vscode.Disposable & Pick<RpcServer<Api>, 'abortAll'> {
  const server = new RpcServer<Api>({ post: (message) => void webview.postMessage(message) }, handlers, {
    onError: (method, problem) => void log.problem(`${name}, ${method}`, problem),
  });
  const listening = webview.onDidReceiveMessage((message: unknown) => {
    if (isRpcMessage(message)) server.receive(message);
  });
  return {
    abortAll: () => server.abortAll(),
    dispose: () => {
      server.abortAll();
      listening.dispose();
    },
  };
}
