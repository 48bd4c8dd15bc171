import * as vscode from 'vscode';
import { served } from '../../protocol/request';
import { Problem } from '../../protocol/errors';
import { PICTURE, type PictureApi } from '../../protocol/picture';
import { isRpcMessage, RpcServer } from '../../protocol/rpc';
import { webviewHtml, webviewOptions } from '../webviewPage';

/** Pixels of a unit of a picture: sharp on every screen, and in print at the size of a page. */
const SCALE = 2;
const PATIENCE_MILLISECONDS = 30_000;

/**
 * A picture as a PNG file. The editor itself draws it, in a tab that is gone when it is done: there is no other place with fonts.
 * @param label what the picture shows
 * @throws Problem `cancelled` where the tab was closed, `not-available` where nothing could be drawn.
 */
export async function pngOf(svg: string, label: string, extensionUri: vscode.Uri): Promise<Uint8Array> {
  const panel = vscode.window.createWebviewPanel(
    'vivarium.picture',
    vscode.l10n.t('Picture'),
    { viewColumn: vscode.ViewColumn.Active, preserveFocus: true },
    webviewOptions(extensionUri),
  );
  let patience: NodeJS.Timeout | undefined;
  try {
    return await new Promise<Uint8Array>((resolve, reject) => {
      const server = new RpcServer<PictureApi>(
        { post: (message) => void panel.webview.postMessage(message) },
        served(PICTURE, {
          source: () => ({ svg, label, scale: SCALE }),
          drawn: ({ png }) => {
            if (png) resolve(png);
            else reject(notDrawn());
            return null;
          },
        }),
        { onError: (_, problem) => reject(problem) },
      );
      panel.webview.onDidReceiveMessage((message: unknown) => {
        if (isRpcMessage(message)) server.receive(message);
      });
      panel.onDidDispose(() => reject(new Problem({ code: 'cancelled', message: vscode.l10n.t('Stopped.') })));
      patience = setTimeout(() => reject(notDrawn()), PATIENCE_MILLISECONDS);
      panel.webview.html = webviewHtml(panel.webview, extensionUri, 'picture');
    });
  } finally {
    clearTimeout(patience);
    panel.dispose();
  }
}

function notDrawn(): Problem {
  return new Problem({
    code: 'not-available',
    message: vscode.l10n.t('The picture could not be drawn as pixels.'),
    action: vscode.l10n.t('Export it as SVG.'),
  });
}
