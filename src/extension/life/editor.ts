import * as vscode from 'vscode';
import type { EditKind } from '../../core/life/edit/board';
import type { Register } from '../commands';
import type { Log } from '../log';
import { servePage, webviewHtml, webviewOptions } from '../webviewPage';
import { LifeDocument } from './document';
import { LifeSession, type LifeServices } from './session';

export const LIFE_VIEW_TYPE = 'vivarium.life';

/** The custom editor of pattern files. Undo, save, revert and backup are the editor's own: it is told of every change. */
export class LifeEditor implements vscode.CustomEditorProvider<LifeDocument>, vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<vscode.CustomDocumentEditEvent<LifeDocument>>();
  readonly onDidChangeCustomDocument = this.changed.event;
  private readonly registrations: vscode.Disposable;
  private untitled = 0;
  /** Every editor that is open, with the document that it shows. */
  private readonly open = new Map<vscode.WebviewPanel, LifeDocument>();

  constructor(
    private readonly services: LifeServices,
    private readonly extensionUri: vscode.Uri,
    private readonly log: Log,
    register: Register,
  ) {
    this.registrations = vscode.Disposable.from(
      vscode.window.registerCustomEditorProvider(LIFE_VIEW_TYPE, this, { supportsMultipleEditorsPerDocument: true }),
      register('vivarium.newLifePattern', () => this.openNew()),
    );
  }

  /** What the editor in front shows; undefined where another has the focus. */
  get inFront(): LifeDocument | undefined {
    return [...this.open].find(([panel]) => panel.active)?.[1];
  }

  /** The document of a file, where an editor shows it. */
  shown(uri: vscode.Uri): LifeDocument | undefined {
    return [...this.open.values()].find((document) => document.uri.toString() === uri.toString());
  }

  openCustomDocument(uri: vscode.Uri, context: vscode.CustomDocumentOpenContext): Promise<LifeDocument> {
    return LifeDocument.open(uri, context.backupId, context.untitledDocumentData, this.log);
  }

  resolveCustomEditor(document: LifeDocument, panel: vscode.WebviewPanel): void {
    const { services, extensionUri } = this;
    const { webview } = panel;
    webview.options = webviewOptions(extensionUri);
    const session = new LifeSession(services, document, {
      tell: (name, data) => webview.postMessage({ rpc: 'notify', name, data }),
      reveal: () => panel.reveal(),
      perform: (edit, from) => {
        const history = document.perform(edit, from);
        this.changed.fire({ document, label: labelOf(edit.kind), ...history });
      },
      undo: () => vscode.commands.executeCommand('undo'),
      redo: () => vscode.commands.executeCommand('redo'),
      openAsText: () => vscode.commands.executeCommand('vscode.openWith', document.uri, 'default'),
    });
    const served = servePage(webview, 'Life editor', session.handlers, this.log);
    this.open.set(panel, document);
    panel.onDidDispose(() => {
      this.open.delete(panel);
      served.dispose();
      session.dispose();
    });
    webview.html = webviewHtml(webview, extensionUri, 'life');
  }

  saveCustomDocument(document: LifeDocument): Promise<void> {
    return document.save();
  }

  async saveCustomDocumentAs(document: LifeDocument, destination: vscode.Uri): Promise<void> {
    // What could not be read is copied as it is.
    if (document.problem) await vscode.workspace.fs.copy(document.uri, destination, { overwrite: true });
    else await document.save(destination);
  }

  revertCustomDocument(document: LifeDocument): Promise<void> {
    return document.reload('revert');
  }

  async backupCustomDocument(
    document: LifeDocument,
    { destination }: vscode.CustomDocumentBackupContext,
  ): Promise<vscode.CustomDocumentBackup> {
    await document.backUp(destination);
    return {
      id: destination.toString(),
      delete: () => {
        // Where it is gone already there is nothing to do.
        vscode.workspace.fs.delete(destination).then(undefined, () => undefined);
      },
    };
  }

  dispose(): void {
    this.registrations.dispose();
    this.changed.dispose();
  }

  private async openNew(): Promise<void> {
    const open = new Set(
      vscode.window.tabGroups.all.flatMap(({ tabs }) =>
        tabs.flatMap(({ input }) => (input instanceof vscode.TabInputCustom ? [input.uri.toString()] : [])),
      ),
    );
    let uri: vscode.Uri;
    do uri = vscode.Uri.from({ scheme: 'untitled', path: `Pattern-${++this.untitled}.rle` });
    while (open.has(uri.toString()));
    await vscode.commands.executeCommand('vscode.openWith', uri, LIFE_VIEW_TYPE);
  }
}

function labelOf(kind: EditKind): string {
  const labels: Record<EditKind, string> = {
    draw: vscode.l10n.t('Draw'),
    erase: vscode.l10n.t('Erase'),
    move: vscode.l10n.t('Move'),
    rotate: vscode.l10n.t('Rotate'),
    flip: vscode.l10n.t('Flip'),
    fill: vscode.l10n.t('Random Fill'),
    clear: vscode.l10n.t('Clear'),
    cut: vscode.l10n.t('Cut'),
    paste: vscode.l10n.t('Paste'),
    place: vscode.l10n.t('Place Pattern'),
    rule: vscode.l10n.t('Change Rule'),
    grid: vscode.l10n.t('Change Topology'),
    start: vscode.l10n.t('New Start'),
  };
  return labels[kind];
}
