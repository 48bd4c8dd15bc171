import * as vscode from 'vscode';
import { counterWindow } from '../../core/server/counters';
import { windowReport } from '../../core/server/windowReport';
import { Problem } from '../../protocol/errors';
import type { ServerMetrics } from '../../protocol/servers';
import type { Servers } from './servers';
import { serverKey, type ServerEntry } from './entry';

/** Behind `vivarium.counting`: whether a window of counters is open. */
const CONTEXT_KEY = 'vivarium.counting';

/** A window over the counters of a server: read when it is started, and when it is stopped. */
export class ServerCounting implements vscode.Disposable {
  private open: { readonly entry: ServerEntry; readonly first: ServerMetrics } | undefined;
  private item: vscode.StatusBarItem | undefined;

  constructor(private readonly servers: Servers) {}

  /** Begins a window; one that is open is given up. */
  async start(entry: ServerEntry): Promise<void> {
    const first = await this.servers.metrics(entry);
    this.close();
    this.open = { entry, first };
    this.item = vscode.window.createStatusBarItem('vivarium.counting', vscode.StatusBarAlignment.Left);
    this.item.name = vscode.l10n.t('Counters of a server');
    this.item.text = `$(pulse) ${vscode.l10n.t('Counting on {0}', entry.model)}`;
    this.item.tooltip = vscode.l10n.t(
      'Since {0}, at {1}. Click to stop and see what it did.',
      first.readAt,
      entry.address,
    );
    this.item.command = 'vivarium.stopCounting';
    this.item.show();
    void vscode.commands.executeCommand('setContext', CONTEXT_KEY, true);
  }

  /** Ends the window and shows what the server did in it. @throws Problem where its counters cannot be compared */
  async stop(): Promise<void> {
    const { open } = this;
    if (!open) {
      throw new Problem({
        code: 'not-available',
        message: vscode.l10n.t('No window over the counters of a server is open.'),
        action: vscode.l10n.t('Begin one with "Vivarium: Start Counting on Server".'),
      });
    }
    const last = await this.servers.metrics(open.entry);
    this.close();
    const counts = counterWindow(open.first, last);
    if (!counts) {
      throw new Problem({
        code: 'server',
        message: vscode.l10n.t(
          'The counters of {0} fell: the server was started anew meanwhile.',
          serverKey(open.entry),
        ),
        action: vscode.l10n.t('Begin another window.'),
      });
    }
    const content = windowReport({ ...open.entry, from: open.first.readAt, to: last.readAt, counts });
    const document = await vscode.workspace.openTextDocument({ language: 'markdown', content });
    await vscode.window.showTextDocument(document);
  }

  dispose(): void {
    this.close();
  }

  private close(): void {
    this.open = undefined;
    this.item?.dispose();
    this.item = undefined;
    void vscode.commands.executeCommand('setContext', CONTEXT_KEY, false);
  }
}
