import * as vscode from 'vscode';
import { textSpans } from '../../core/text/spans';
import type { TraceToken } from '../../core/trace/record';
import type { Caller } from '../../protocol/call';
import type { AtCursor, CursorSnapshot } from '../../protocol/cursorView';
import type { EngineApi } from '../../protocol/engine';
import { Problem } from '../../protocol/errors';
import type { ModelSummary } from '../../protocol/models';
import { throwIfAborted } from '../../protocol/rpc';
import type { Strip, StripReady } from '../../protocol/stripView';
import { type Colouring, leftOut } from '../editor/colouring';
import { type ScoredSpan, type ScoredText, TextScorer } from '../editor/scoring';
import { textAround } from './beforeCursor';
import { Latest } from './latest';
import { CHARACTERS_A_TOKEN, contextLimit, onMove, readingOf } from './reading';

/** How long text and cursor rest before tokens are scored. */
const QUIET_MILLISECONDS = 200;
/** Columns of one message: of a longer text those around the cursor. */
const MOST_COLUMNS = 2000;
/** Alternatives of a token that the page draws one by one. */
const ALTERNATIVES = 12;

/** The texts that are coloured already, as far as the strip reads them. */
export interface Coloured {
  of(document: vscode.TextDocument): Colouring | undefined;
  readonly onChange: vscode.Event<void>;
}

export interface StripFollowerParts {
  readonly engine: Caller<EngineApi>;
  readonly models: { list(): Promise<readonly ModelSummary[]> };
  readonly colours: Coloured;
  readonly onProblem: (error: unknown) => Problem;
  readonly onChange: (snapshot: CursorSnapshot<StripReady>) => void;
  readonly onBusy: (busy: boolean) => void;
  readonly onCursor: (place: number, cursor: number | null) => void;
}

/** A stretch of a document whose tokens are judged, and what of it is shown. */
interface Stretch {
  readonly document: vscode.TextDocument;
  readonly version: number;
  readonly scored: ScoredText;
  /** Whose colours these are; null where the strip scored it itself. */
  readonly coloured: Colouring | null;
  /** UTF-16 offset of the stretch in the document. */
  readonly offset: number;
  /** The span of each token that is shown. */
  readonly spans: readonly ScoredSpan[];
  readonly from: number;
  readonly total: number;
}

/**
 * Surprisal and probability mass of the text that is being edited, as long as somebody looks: what its colours were painted
 * from where it is coloured, else the last tokens before the cursor, scored when text and cursor have come to rest.
 */
export class StripFollower implements vscode.Disposable {
  private readonly latest = new Latest(QUIET_MILLISECONDS, (signal) => this.ask(signal));
  private readonly subscriptions: vscode.Disposable[];
  private visible = false;
  private place = 0;
  private stretch: Stretch | null = null;
  private scorer: { readonly model: ModelSummary; readonly scorer: TextScorer } | null = null;
  snapshot: CursorSnapshot<StripReady> = WAITING;

  constructor(private readonly parts: StripFollowerParts) {
    this.subscriptions = [onMove(() => this.moved()), parts.colours.onChange(() => this.moved())];
  }

  /** Nothing is asked while nobody looks, and nothing kept. */
  look(visible: boolean): void {
    if (visible === this.visible) return;
    this.visible = visible;
    if (visible) return this.moved();
    this.latest.stop();
    this.stretch = this.scorer = null;
    this.snapshot = WAITING;
  }

  /** The cursor, the text, its colours, or what answers may be another now. */
  moved(): void {
    if (!this.visible) return;
    const { shown } = this.snapshot;
    const at = this.stretch && this.cursorIn(this.stretch);
    if (shown.state === 'ready' && !this.latest.pending && at) {
      if (at.cursor === shown.strip.cursor) return;
      this.snapshot = { ...this.snapshot, shown: { ...shown, strip: { ...shown.strip, cursor: at.cursor } } };
      return this.parts.onCursor(shown.strip.place, at.cursor);
    }
    this.latest.changed();
    this.setBusy(true);
  }

  /** What the models are may be another. */
  modelsChanged(): void {
    if (!this.visible) return;
    this.latest.changed();
    this.setBusy(true);
  }

  /**
   * Where a token of the strip stands.
   * @throws Problem `stale-edit`
   */
  rangeOf(place: number, index: number): { readonly editor: vscode.TextEditor; readonly range: vscode.Range } {
    const { shown } = this.snapshot;
    const { stretch } = this;
    const span = stretch?.spans[index];
    const editor = vscode.window.visibleTextEditors.find(({ document }) => document === stretch?.document);
    if (shown.state !== 'ready' || shown.strip.place !== place || !stretch || !span || !editor || changed(stretch)) {
      throw new Problem({
        code: 'stale-edit',
        message: vscode.l10n.t('The text has changed since this was drawn.'),
        action: vscode.l10n.t('Choose from what is shown now.'),
      });
    }
    const { document, offset } = stretch;
    const range = new vscode.Range(document.positionAt(offset + span.start), document.positionAt(offset + span.end));
    return { editor, range };
  }

  dispose(): void {
    this.latest.stop();
    vscode.Disposable.from(...this.subscriptions).dispose();
  }

  private setBusy(busy: boolean): void {
    if (busy === this.snapshot.busy) return;
    this.snapshot = { ...this.snapshot, busy };
    this.parts.onBusy(busy);
  }

  /** Where the cursor stands among what is shown; null where something else is to be shown. */
  private cursorIn(stretch: Stretch): { readonly cursor: number | null } | null {
    const editor = vscode.window.activeTextEditor;
    const { document, coloured, scored, offset, spans, from, total } = stretch;
    if (editor?.document !== document || changed(stretch)) return null;
    const colouring = this.parts.colours.of(document) ?? null;
    if (colouring !== coloured || (coloured && (coloured.state !== 'done' || coloured.scored !== scored))) return null;
    const at = document.offsetAt(editor.selection.active) - offset;
    const first = spans[0]?.start ?? 0;
    const last = spans.at(-1)?.end ?? 0;
    const inside = at >= first && at <= last;
    if (inside) return { cursor: spans.filter(({ end }) => end <= at).length };
    // Colours stay where they are, wherever the cursor is; of a long text the part around the cursor is shown.
    const isElsewhere = at < first ? from > 0 : from + spans.length < total;
    return coloured && !isElsewhere ? { cursor: null } : null;
  }

  private async ask(signal: AbortSignal): Promise<void> {
    let shown: AtCursor<StripReady> | null;
    try {
      shown = await this.shownAt(signal);
    } catch (error) {
      if (signal.aborted) return;
      shown = { state: 'problem', problem: this.parts.onProblem(error).toData() };
    }
    // Colours that are being computed say when they are there.
    if (signal.aborted || shown === null) return;
    if (shown.state !== 'ready') this.stretch = null;
    this.snapshot = { ...this.snapshot, shown, busy: false };
    this.parts.onChange(this.snapshot);
  }

  private async shownAt(signal: AbortSignal): Promise<AtCursor<StripReady> | null> {
    const reading = await readingOf(this.parts.models);
    throwIfAborted(signal);
    this.snapshot = { ...this.snapshot, ...reading.models };
    if (reading.shown) return reading.shown;
    const { document } = reading.editor;
    const coloured = this.parts.colours.of(document);
    if (!coloured) return this.scoreBefore(reading.editor, reading.model, signal);
    if (coloured.problem) return { state: 'problem', problem: coloured.problem.toData() };
    if (coloured.state !== 'done' || !coloured.scored) return null;
    return this.show(reading.editor, {
      ...{ scored: coloured.scored, coloured, offset: coloured.offset, whole: coloured.isWhole },
      model: coloured.model,
    });
  }

  private async scoreBefore(
    editor: vscode.TextEditor,
    model: ModelSummary,
    signal: AbortSignal,
  ): Promise<AtCursor<StripReady>> {
    const { document } = editor;
    const { version } = document;
    const position = editor.selection.active;
    const limit = contextLimit(model);
    const around = textAround(document, position, limit * CHARACTERS_A_TOKEN);
    if (around.before === '') return { state: 'no-text' };
    const ref = { folder: model.folder, file: model.file };
    const { tokens } = await this.parts.engine.call('tokenize', { model: ref, text: around.before }, { signal });
    const { spans } = textSpans(around.before, tokens);
    // One place is for the token that a tokenizer puts before every text.
    const cut = spans[spans.length - limit + 1]?.start ?? 0;
    if (this.scorer?.model !== model) this.scorer = { model, scorer: new TextScorer(this.parts.engine, model) };
    const scored = await this.scorer.scorer.score(around.before.slice(cut), signal, leftOut(model));
    throwIfAborted(signal);
    if (document.version !== version) return { state: 'waiting' };
    const offset = document.offsetAt(position) - around.before.length + cut;
    return this.show(editor, { scored, coloured: null, offset, whole: around.whole && cut === 0, model });
  }

  private show(
    { document, selection }: vscode.TextEditor,
    of: Pick<Stretch, 'scored' | 'coloured' | 'offset'> & { readonly whole: boolean; readonly model: ModelSummary },
  ): AtCursor<StripReady> {
    const { scored, coloured, offset, whole, model } = of;
    const all = scored.spans.flatMap((span) => span.tokens.map((token) => ({ span, token })));
    const at = document.offsetAt(selection.active) - offset;
    const near = all.findIndex(({ span }) => span.end > at);
    const middle = (near < 0 ? all.length : near) - MOST_COLUMNS / 2;
    const from = Math.max(0, Math.min(all.length - MOST_COLUMNS, middle));
    const part = all.slice(from, from + MOST_COLUMNS);
    if (part.length === 0) return { state: 'no-text' };
    this.stretch = {
      ...{ document, version: document.version, scored, coloured, offset, from, total: all.length },
      spans: part.map(({ span }) => span),
    };
    const strip: Strip = {
      place: ++this.place,
      model: model.name,
      file: vscode.workspace.asRelativePath(document.uri),
      of: coloured ? 'colours' : 'cursor',
      tokens: part.map(({ token }, index) => slim(token, index)),
      from,
      total: all.length,
      whole,
      cursor: this.cursorIn(this.stretch)?.cursor ?? null,
      notes: scored.notes,
    };
    return { state: 'ready', strip };
  }
}

const WAITING: CursorSnapshot<StripReady> = {
  shown: { state: 'waiting' },
  busy: false,
  models: [],
  model: null,
  missing: null,
};

function changed({ document, version }: Stretch): boolean {
  return document.isClosed || document.version !== version;
}

/** What the page draws of a token: its place is that in the list. */
function slim(token: TraceToken, index: number): TraceToken {
  const { judgement } = token;
  return {
    ...token,
    index,
    judgement: judgement && { ...judgement, top: judgement.top.slice(0, ALTERNATIVES) },
  };
}
