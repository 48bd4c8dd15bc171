import * as vscode from 'vscode';
import type { Trace } from '../../core/trace/record';
import type { ParsedTrace } from '../../core/trace/vivtrace';
import type { ExplorerSettings } from '../../protocol/explorerState';
import type { ModelRef } from '../../protocol/models';
import { digestOf } from '../runs/digest';
import { titleOf } from '../runs/labels';
import { webviewOptions } from '../webviewPage';
import { defaultSettings } from './defaults';
import { showSession, type ShownSession } from './editor';
import type { ExplorerServices } from './ports';
import type { SessionOptions } from './session';
import { againSettings, settingsOf } from './settings';

const VIEW_TYPE = 'vivarium.explorer';

/** The Explorer tabs: opened by commands, revived after a window reload. */
export class ExplorerPanels implements vscode.WebviewPanelSerializer, vscode.Disposable {
  private readonly sessions = new Map<vscode.WebviewPanel, ShownSession>();
  private readonly registration: vscode.Disposable;

  constructor(
    private readonly services: ExplorerServices,
    private readonly extensionUri: vscode.Uri,
  ) {
    this.registration = vscode.window.registerWebviewPanelSerializer(VIEW_TYPE, this);
  }

  get isOpen(): boolean {
    return this.sessions.size > 0;
  }

  /** The model that is chosen in the Explorer in use; null where there is none. */
  get chosenModel(): ModelRef | null {
    const panel = this.current();
    return (panel && this.sessions.get(panel)?.session.chosenModel) ?? null;
  }

  /** Shows the Explorer in use (or a new one) with these settings, on a tab; `run` starts at once. */
  open(
    settings: Partial<ExplorerSettings>,
    options: { readonly run?: boolean; readonly fresh?: boolean; readonly tab?: string } = {},
  ): void {
    const shown = options.fresh ? undefined : this.current();
    const panel = shown ?? this.create();
    const { session } = this.sessions.get(panel) ?? this.attach(panel);
    panel.reveal(undefined, false);
    session.show(settings, options);
  }

  /** Shows a run of the history in an Explorer of its own, with the settings that it was made with. */
  openRun({ trace, notes }: ParsedTrace): void {
    const panel = this.create();
    panel.title = titleOf(digestOf(trace));
    this.attach(panel, { settings: settingsOf(trace), saved: { trace, notes } });
  }

  /** Makes a run anew with the settings that it was made with, in an Explorer of its own. */
  async runAgain(trace: Trace): Promise<void> {
    this.open(againSettings(trace, await this.services.catalog.list()), { run: true, fresh: true });
  }

  deserializeWebviewPanel(panel: vscode.WebviewPanel): Promise<void> {
    panel.webview.options = webviewOptions(this.extensionUri);
    this.attach(panel);
    return Promise.resolve();
  }

  dispose(): void {
    this.registration.dispose();
    for (const panel of this.sessions.keys()) panel.dispose();
  }

  /** The visible Explorer that was used last; the map keeps the order. */
  private current(): vscode.WebviewPanel | undefined {
    const panels = [...this.sessions.keys()];
    return panels.find((panel) => panel.active) ?? panels.reverse().find((panel) => panel.visible) ?? panels[0];
  }

  private create(): vscode.WebviewPanel {
    return vscode.window.createWebviewPanel(
      VIEW_TYPE,
      vscode.l10n.t('Vivarium'),
      vscode.ViewColumn.Active,
      webviewOptions(this.extensionUri),
    );
  }

  private attach(panel: vscode.WebviewPanel, shown: Partial<SessionOptions> = {}): ShownSession {
    panel.iconPath = vscode.Uri.joinPath(this.extensionUri, 'media', 'explorer.svg');
    const options: SessionOptions = { mode: 'explorer', settings: defaultSettings(), ...shown };
    const attached = showSession(this.services, this.extensionUri, panel, options, (title) => {
      panel.title = title;
    });
    this.sessions.set(panel, attached);
    panel.onDidDispose(() => {
      this.sessions.delete(panel);
      attached.dispose();
    });
    return attached;
  }
}
