import * as vscode from 'vscode';
import { checkedHandlers } from '../../protocol/checkedHandlers';
import { Problem } from '../../protocol/errors';
import type { PictureApi } from '../../protocol/picture';
import { isRpcMessage, RpcServer } from '../../protocol/rpc';
import { nullable, object, typedArray } from '../../protocol/validate';
import { webviewHtml, webviewOptions } from '../webviewPage';

/** Pixels of a unit of a picture: sharp on every screen, and in print at the size of a page. */
const SCALE = 2;
/** The most that one message carries. */
const MOST_BYTES = 16_000_000;
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
        checkedHandlers<PictureApi>(
          { source: object({}), drawn: object({ png: nullable(typedArray(Uint8Array, { max: MOST_BYTES })) }) },
          {
            source: () => ({ svg, label, scale: SCALE }),
            drawn: ({ png }) => {
              if (png) resolve(png);
              else reject(notDrawn());
              return null;
            },
          },
        ),
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
