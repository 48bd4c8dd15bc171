import * as vscode from 'vscode';
import { parseTrace } from '../../core/trace/vivtrace';
import { Problem } from '../../protocol/errors';
import { formatBytes } from '../format';
import { webviewOptions } from '../webviewPage';
import { defaultSettings } from './defaults';
import { showSession, type ShownSession } from './editor';
import type { ExplorerPanels } from './panels';
import { tensorsBeside } from './save';
import type { ExplorerServices } from './ports';
import { withOwnId, type SavedTrace } from './runOnShow';

const VIEW_TYPE = 'vivarium.trace';
/** A trace is read as one text, and shown as a whole. */
const LARGEST_BYTES = 256_000_000;

/** How long a file that is being written must be quiet before it is read again. */
const QUIET_MILLISECONDS = 300;

/** What a file holds, read again when it changes. */
class TraceDocument implements vscode.CustomDocument {
  private readonly changed = new vscode.EventEmitter<void>();
  readonly onChange = this.changed.event;
  private readonly watcher: vscode.FileSystemWatcher;
  private pending: NodeJS.Timeout | undefined;

  constructor(
    readonly uri: vscode.Uri,
    public saved: SavedTrace,
    read: () => Promise<SavedTrace>,
  ) {
    const folder = vscode.Uri.joinPath(uri, '..');
    this.watcher = vscode.workspace.createFileSystemWatcher(
      new vscode.RelativePattern(folder, uri.path.split('/').at(-1) ?? ''),
    );
    const again = (): void => {
      clearTimeout(this.pending);
      this.pending = setTimeout(() => {
        void read().then((now) => {
          this.saved = now;
          this.changed.fire();
        });
      }, QUIET_MILLISECONDS);
    };
    // A file that is gone stays on show.
    this.watcher.onDidChange(again);
    this.watcher.onDidCreate(again);
  }

  dispose(): void {
    clearTimeout(this.pending);
    this.watcher.dispose();
    this.changed.dispose();
  }
}

/** Opens `.vivtrace` files: everything that the Explorer shows, read-only, also without the model. */
export class TraceViewer implements vscode.CustomReadonlyEditorProvider<TraceDocument>, vscode.Disposable {
  private readonly registration: vscode.Disposable;

  constructor(
    private readonly services: ExplorerServices,
    private readonly panels: ExplorerPanels,
    private readonly extensionUri: vscode.Uri,
  ) {
    this.registration = vscode.window.registerCustomEditorProvider(VIEW_TYPE, this, {
      supportsMultipleEditorsPerDocument: true,
    });
  }

  async openCustomDocument(uri: vscode.Uri): Promise<TraceDocument> {
    return new TraceDocument(uri, await this.read(uri), () => this.read(uri));
  }

  resolveCustomEditor(document: TraceDocument, panel: vscode.WebviewPanel): void {
    panel.webview.options = webviewOptions(this.extensionUri);
    let session: ShownSession | undefined;
    const show = (): void => {
      session?.dispose();
      session = showSession(this.services, this.extensionUri, panel, {
        mode: 'viewer',
        settings: defaultSettings(),
        saved: withOwnId(document.saved),
        runAgain: (trace) => this.panels.runAgain(trace),
      });
    };
    const watch = document.onChange(show);
    panel.onDidDispose(() => {
      watch.dispose();
      session?.dispose();
    });
    show();
  }

  dispose(): void {
    this.registration.dispose();
  }

  /** What can be shown of the file is shown; what is wrong with it is said in the view. */
  private async read(uri: vscode.Uri): Promise<SavedTrace> {
    const tensors = uri.scheme === 'file' ? { tensors: tensorsBeside(uri.fsPath) } : {};
    try {
      const { size } = await vscode.workspace.fs.stat(uri);
      if (size > LARGEST_BYTES) {
        throw new Problem({
          code: 'trace-invalid',
          message: vscode.l10n.t(
            'The file is too large to be shown: {0} of at most {1}.',
            formatBytes(size),
            formatBytes(LARGEST_BYTES),
          ),
          action: vscode.l10n.t('Run a shorter prompt, or fewer new tokens, and save that.'),
        });
      }
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
