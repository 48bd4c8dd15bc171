import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { ExplorerServices } from '../../../src/extension/explorer/services';
import { ExplorerSession } from '../../../src/extension/explorer/session';
import { webviewHtml, webviewOptions } from '../../../src/extension/webviewPage';
import type { CancelSignal } from '../../../src/protocol/call';
import { TRACE } from './savedTrace';
import { closeAllTabs, eventually, extension, showNewText } from './workbench';

/** An engine that never answers what is asked about a run. */
function servicesWith(onQuestion: (method: string, signal: CancelSignal) => void): ExplorerServices {
  const onChange = (): vscode.Disposable => new vscode.Disposable(() => undefined);
  const services: Record<keyof ExplorerServices, unknown> = {
    context: { extensionUri: extension().extensionUri },
    engine: {
      status: { state: 'ready' },
      onStatus: onChange,
      call: (method: string, _params: unknown, options?: { readonly signal: CancelSignal }) => {
        if (!options) return Promise.resolve(null);
        onQuestion(method, options.signal);
        return new Promise(() => undefined);
      },
    },
    catalog: { onChange, tryList: () => Promise.resolve({ models: [] }) },
    servers: { onChange, list: () => [] },
    ...{ runs: {}, comparisons: {}, running: {} },
    log: { problem: (_where: string, error: unknown) => assert.fail(String(error)) },
  };
  return services as unknown as ExplorerServices;
}

describe('an Explorer that is hidden', () => {
  after(closeAllTabs);

  it('stops what its page has asked of the engine, and the page asks anew when it shows again', async () => {
    const asked: CancelSignal[] = [];
    const services = servicesWith((method, signal) => {
      if (method === 'logitLens') asked.push(signal);
    });
    const { extensionUri } = services.context;
    const panel = vscode.window.createWebviewPanel(
      'hidden',
      'Hidden',
      vscode.ViewColumn.One,
      webviewOptions(extensionUri),
    );
    const session = new ExplorerSession(services, panel, { mode: 'viewer', saved: { trace: TRACE, notes: [] } });
    try {
      session.show({}, { tab: 'layers' });
      panel.webview.html = webviewHtml(panel.webview, extensionUri, 'explorer');
      await eventually('the question', () => asked[0]);
      await showNewText('');
      await eventually('the stop', () => (asked[0]?.aborted ? true : undefined));
      assert.equal(asked.length, 1);
      panel.reveal();
      await eventually('the question again', () => asked[1]);
      assert.equal(asked[1]?.aborted, false);
    } finally {
      session.dispose();
      panel.dispose();
    }
  });
});
