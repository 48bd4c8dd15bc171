import * as vscode from 'vscode';
import { parseTrace } from '../../core/trace/vivtrace';
import { Problem } from '../../protocol/errors';
import { explorerHtml, webviewResources } from './html';
import { tensorsBeside } from './save';
import { ExplorerSession, type ExplorerServices, type SavedTrace } from './session';

const VIEW_TYPE = 'vivarium.trace';

class TraceDocument implements vscode.CustomDocument {
  constructor(
    readonly uri: vscode.Uri,
    readonly saved: SavedTrace,
  ) {}

  dispose(): void {
    // Nothing is held beside the trace itself.
  }
}

/** Opens `.vivtrace` files: everything that the Explorer shows, read-only, also without the model. */
export class TraceViewer implements vscode.CustomReadonlyEditorProvider<TraceDocument>, vscode.Disposable {
  private readonly registration: vscode.Disposable;

  constructor(private readonly services: ExplorerServices) {
    this.registration = vscode.window.registerCustomEditorProvider(VIEW_TYPE, this, {
      supportsMultipleEditorsPerDocument: true,
    });
  }

  async openCustomDocument(uri: vscode.Uri): Promise<TraceDocument> {
    return new TraceDocument(uri, await this.read(uri));
  }

  resolveCustomEditor(document: TraceDocument, panel: vscode.WebviewPanel): void {
    panel.webview.options = {
      enableScripts: true,
      localResourceRoots: [webviewResources(this.services.context.extensionUri)],
    };
    const session = new ExplorerSession(this.services, panel.webview, { mode: 'viewer', saved: document.saved });
    panel.onDidDispose(() => session.dispose());
    panel.webview.html = explorerHtml(panel.webview, this.services.context.extensionUri);
  }

  dispose(): void {
    this.registration.dispose();
  }

  /** What can be shown of the file is shown; what is wrong with it is said in the view. */
  private async read(uri: vscode.Uri): Promise<SavedTrace> {
    const tensors = uri.scheme === 'file' ? { tensors: tensorsBeside(uri.fsPath) } : {};
    try {
      const bytes = await vscode.workspace.fs.readFile(uri);
      const { trace, notes } = parseTrace(new TextDecoder().decode(bytes));
      return { trace, notes, ...tensors };
    } catch (error) {
      const cause = this.services.log.problem(`Opening ${uri.toString(true)}`, error);
      const problem =
        cause.code === 'internal'
          ? new Problem({
              code: 'trace-invalid',
              message: vscode.l10n.t('{0} cannot be shown: {1}', uri.path.split('/').at(-1) ?? '', cause.message),
              action: vscode.l10n.t('Open it with the text editor to see what it holds.'),
            })
          : cause;
      return { trace: null, notes: [], problem };
    }
  }
}
