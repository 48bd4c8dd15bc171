import * as vscode from 'vscode';
import { Problem } from '../../protocol/errors';
import type { EditorEngine } from '../engine/engine';
import type { Log } from '../log';
import type { ModelCatalog } from '../models/catalog';
import { Colouring } from './colouring';
import { hoverOf } from './hover';
import { editorModel } from './model';
import { createPalette } from './palette';
import { TextScorer } from './scoring';
import { SurprisalStatus } from './status';

const CONTEXT_KEY = 'vivarium.surprisalShown';
/** Texts that stand in an editor; not output channels and the like. */
export const SCHEMES = ['file', 'untitled', 'vscode-notebook-cell', 'vscode-remote', 'vscode-vfs'];

/** Paints the text of editors by how surprising each token was to a model. */
export class SurprisalColours implements vscode.HoverProvider, vscode.CodeLensProvider, vscode.Disposable {
  private readonly shown = new Map<string, Colouring>();
  /** Made with the first text that is coloured. */
  private palette: ReturnType<typeof createPalette> = [];
  private readonly lensesChanged = new vscode.EventEmitter<void>();
  readonly onDidChangeCodeLenses = this.lensesChanged.event;
  /** A text has got colours, other colours, or none any more. */
  readonly onChange = this.lensesChanged.event;
  private readonly status = new SurprisalStatus();
  private readonly subscriptions: vscode.Disposable[];

  constructor(
    private readonly engine: EditorEngine,
    private readonly catalog: ModelCatalog,
    private readonly log: Log,
  ) {
    this.subscriptions = [
      vscode.workspace.onDidChangeTextDocument(({ document, contentChanges }) => {
        if (contentChanges.length > 0) this.of(document)?.edited(contentChanges);
      }),
      vscode.workspace.onDidCloseTextDocument((document) => this.hide(document)),
      vscode.window.onDidChangeVisibleTextEditors(() => this.paint()),
      vscode.window.onDidChangeActiveTextEditor(() => this.tell()),
      vscode.window.onDidChangeActiveColorTheme(() => {
        if (this.palette.length > 0) this.mix();
      }),
    ];
  }

  /**
   * Paints the selection of an editor, or all of its text where nothing is selected.
   * @throws Problem `model-not-found` where no text model can be run
   */
  async show(editor: vscode.TextEditor): Promise<void> {
    const { model } = editorModel(await this.catalog.list());
    if (!model) {
      throw new Problem({
        code: 'model-not-found',
        message: vscode.l10n.t('There is no text model with a tokenizer that could score this text.'),
        action: vscode.l10n.t('Add a folder with "Vivarium: Add Model Folder".'),
      });
    }
    if (this.palette.length === 0) this.begin();
    const { document, selection } = editor;
    this.hide(document);
    const colouring = new Colouring({
      document,
      ...(selection.isEmpty ? {} : { selection }),
      model,
      scorer: new TextScorer(this.engine, model),
      onChange: () => this.changed(document),
      onProblem: (error) => this.log.problem('Colour by Surprisal', error),
    });
    this.shown.set(document.uri.toString(), colouring);
    this.changed(document);
  }

  hide(document: vscode.TextDocument): void {
    const colouring = this.of(document);
    if (!colouring) return;
    colouring.dispose();
    this.shown.delete(document.uri.toString());
    this.changed(document);
  }

  /** What is painted of a document, or undefined. */
  of(document: vscode.TextDocument): Colouring | undefined {
    return this.shown.get(document.uri.toString());
  }

  provideHover(document: vscode.TextDocument, position: vscode.Position): vscode.Hover | undefined {
    const colouring = this.of(document);
    const span = colouring?.spanAt(position);
    if (!colouring || !span) return undefined;
    return new vscode.Hover(hoverOf(span, colouring.model.name), colouring.rangeOf(span));
  }

  provideCodeLenses(document: vscode.TextDocument): vscode.CodeLens[] {
    const colouring = this.of(document);
    if (!colouring) return [];
    const range = new vscode.Range(colouring.firstLine, 0, colouring.firstLine, 0);
    const lens = (title: string, command: string, tooltip?: string): vscode.CodeLens =>
      new vscode.CodeLens(range, { title, command, arguments: [document.uri], ...(tooltip ? { tooltip } : {}) });
    return [
      lens(summaryOf(colouring), 'vivarium.listSurprising', vscode.l10n.t('List the most surprising tokens')),
      lens(vscode.l10n.t('Open in Explorer'), 'vivarium.exploreColoured'),
      lens(vscode.l10n.t('Hide colours'), 'vivarium.clearSurprisal'),
    ];
  }

  dispose(): void {
    for (const colouring of this.shown.values()) colouring.dispose();
    for (const shade of this.palette) shade.dispose();
    vscode.Disposable.from(...this.subscriptions, this.status, this.lensesChanged).dispose();
  }

  /** What costs something is there from the first colours on. */
  private begin(): void {
    const selector = SCHEMES.map((scheme) => ({ scheme }));
    this.subscriptions.push(
      vscode.languages.registerHoverProvider(selector, this),
      vscode.languages.registerCodeLensProvider(selector, this),
    );
    this.mix();
  }

  /** The colours for the kind of theme in force. */
  private mix(): void {
    for (const shade of this.palette) shade.dispose();
    this.palette = createPalette(isHighContrast());
    this.paint();
  }

  private changed(document: vscode.TextDocument): void {
    const colouring = this.of(document);
    // While a text is scored anew, its old colours move along with it.
    if (colouring?.state !== 'scoring') this.paint(document);
    this.lensesChanged.fire();
    this.tell();
  }

  /** Puts the colours of a document, or of all, into every editor that shows it. */
  private paint(only?: vscode.TextDocument): void {
    for (const editor of vscode.window.visibleTextEditors) {
      if (only && editor.document !== only) continue;
      const ranges = this.of(editor.document)?.ranges();
      this.palette.forEach((shade, place) => editor.setDecorations(shade, ranges?.[place] ?? []));
    }
  }

  private tell(): void {
    const editor = vscode.window.activeTextEditor;
    const colouring = editor && this.of(editor.document);
    this.status.show(colouring);
    void vscode.commands.executeCommand('setContext', CONTEXT_KEY, colouring !== undefined);
  }
}

/** `412 tokens scored by almanac, mean 3.21 bits`, or what is the matter. */
function summaryOf({ state, scored, problem, model }: Colouring): string {
  if (state === 'failed' || problem) return problem?.message ?? '';
  if (!scored) return vscode.l10n.t('Scoring with {0} …', model.name);
  const text = vscode.l10n.t(
    '{0} tokens scored by {1}, mean {2} bits',
    scored.judged,
    model.name,
    scored.mean.toFixed(2),
  );
  return [text, ...scored.notes].join(' · ');
}

function isHighContrast(): boolean {
  const { kind } = vscode.window.activeColorTheme;
  return kind === vscode.ColorThemeKind.HighContrast || kind === vscode.ColorThemeKind.HighContrastLight;
}
