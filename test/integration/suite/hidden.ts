import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { defaultSettings } from '../../../src/extension/explorer/defaults';
import { showSession } from '../../../src/extension/explorer/editor';
import type { ExplorerServices } from '../../../src/extension/explorer/ports';
import { webviewOptions } from '../../../src/extension/webviewPage';
import type { CancelSignal } from '../../../src/protocol/call';
import { TRACE } from './savedTrace';
import { closeAllTabs, eventually, extension, showNewText } from './workbench';

/** An engine that never answers what is asked about a run. */
function servicesWith(onQuestion: (method: string, signal: CancelSignal) => void): ExplorerServices {
  const onChange = (): vscode.Disposable => new vscode.Disposable(() => undefined);
  const services: Record<keyof ExplorerServices, unknown> = {
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
    editor: { workspaceTrusted: () => true },
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
    const { extensionUri } = extension();
    const panel = vscode.window.createWebviewPanel(
      'hidden',
      'Hidden',
      vscode.ViewColumn.One,
      webviewOptions(extensionUri),
    );
    const shown = showSession(services, extensionUri, panel, {
      ...{ mode: 'viewer', settings: defaultSettings() },
      saved: { trace: TRACE, notes: [] },
    });
    try {
      shown.session.show({}, { tab: 'layers' });
      await eventually('the question', () => asked[0]);
      await showNewText('');
      await eventually('the stop', () => (asked[0]?.aborted ? true : undefined));
      assert.equal(asked.length, 1);
      panel.reveal();
      await eventually('the question again', () => asked[1]);
      assert.equal(asked[1]?.aborted, false);
    } finally {
      shown.dispose();
      panel.dispose();
    }
  });
});
