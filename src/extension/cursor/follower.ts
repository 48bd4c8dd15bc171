import * as vscode from 'vscode';
import { topK } from '../../core/numeric/ranking';
import { contextOf, endOfText, tokenAt, wholeText } from '../../core/text/continuation';
import { textSpans } from '../../core/text/spans';
import type { Caller } from '../../protocol/call';
import type { EngineApi } from '../../protocol/engine';
import type { CursorAttention } from '../../protocol/attentionView';
import type { AtCursor, CursorPlace, CursorSnapshot } from '../../protocol/cursorView';
import type { ModelSummary, TokenInfo } from '../../protocol/models';
import { Problem } from '../../protocol/errors';
import { throwIfAborted } from '../../protocol/rpc';
import type { LastAttention } from '../../protocol/runs';
import type { NextTokens } from '../../protocol/tokensView';
import { textAround } from './beforeCursor';
import { Latest } from './latest';
import { CHARACTERS_A_TOKEN, contextLimit, onMove, readingOf } from './reading';

/** How long the cursor rests before the model is asked. */
const QUIET_MILLISECONDS = 80;
/** Alternatives whose texts come along. */
const DESCRIBED = 40;
/** Characters before the cursor that are read again with those after it. */
const NEAR = 256;
/** Who looks: each view pays for what it alone shows. */
export type Looker = 'tokens' | 'attention';

/** What one pass says of the place of the cursor. */
export interface CursorAnswer {
  readonly next: NextTokens;
  /** Null where nobody looked at it when the model was asked. */
  readonly looks: CursorAttention | null;
}

export interface FollowerParts {
  readonly engine: Caller<EngineApi>;
  readonly models: { list(): Promise<readonly ModelSummary[]> };
  readonly onProblem: (error: unknown) => Problem;
  readonly onChange: (snapshot: CursorSnapshot<CursorAnswer>) => void;
  readonly onBusy: (busy: boolean) => void;
}

/** Where an answer is of. */
interface Asked {
  readonly document: vscode.TextDocument;
  readonly version: number;
  readonly position: vscode.Position;
  readonly model: ModelSummary;
}

/** What the model was given of it. */
interface Given {
  readonly text: string;
  /** Tokens of the whole of `text`, and how many of them were left out at its start. */
  readonly all: readonly TokenInfo[];
  readonly left: number;
  readonly context: readonly TokenInfo[];
}

/**
 * Asks the model about the place of the cursor, each time the cursor has come to rest, as long as somebody looks: what
 * follows the text before it, and where it looks to say so, of the same pass. An event costs a timer; one request is under
 * way at a time, and is stopped when the cursor moves on.
 */
export class CursorFollower implements vscode.Disposable {
  private readonly latest = new Latest(QUIET_MILLISECONDS, (signal) => this.ask(signal));
  private readonly moves: vscode.Disposable;
  private readonly lookers = new Set<Looker>();
  private busy = false;
  private place = 0;
  private asked: Asked | null = null;
  private given: Given | null = null;
  private tokens = new Map<number, TokenInfo>();
  snapshot: CursorSnapshot<CursorAnswer> = {
    shown: { state: 'waiting' },
    busy: false,
    models: [],
    model: null,
    missing: null,
  };

  constructor(private readonly parts: FollowerParts) {
    this.moves = onMove(() => this.moved());
  }

  /** Nothing is asked while nobody looks, and nothing kept. */
  look(who: Looker, visible: boolean): void {
    if (visible === this.lookers.has(who)) return;
    if (visible) {
      this.lookers.add(who);
      if (!this.knows(who)) this.moved();
      return;
    }
    this.lookers.delete(who);
    if (this.lookers.size > 0) return;
    this.latest.stop();
    this.asked = this.given = null;
    this.tokens.clear();
    this.busy = false;
    this.snapshot = { ...this.snapshot, shown: { state: 'waiting' }, busy: false };
  }

  /** The cursor, the text, or what answers may be another now. */
  moved(): void {
    if (this.lookers.size === 0) return;
    this.latest.changed();
    this.setBusy(true);
  }

  /**
   * Puts a token at the cursor.
   * @throws Problem `stale-edit`, `not-available`
   */
  async insert(place: number, id: number): Promise<string> {
    const [token] = await this.describe(place, [id]);
    const { editor, asked } = this.still(place, vscode.l10n.t('The cursor has moved on: nothing was inserted.'));
    const text = token && !token.special ? wholeText(token.bytes) : null;
    if (text === null) {
      throw new Problem({
        code: 'not-available',
        message: token?.special
          ? vscode.l10n.t('{0} is a special token and stands for no text.', token.text)
          : vscode.l10n.t('This token is a part of a character, which cannot be inserted alone.'),
      });
    }
    const inserted = await editor.edit((edit) => edit.insert(asked.position, text));
    if (!inserted) {
      throw new Problem({ code: 'not-available', message: vscode.l10n.t('This text cannot be changed here.') });
    }
    const end = asked.document.positionAt(asked.document.offsetAt(asked.position) + lengthIn(asked.document, text));
    editor.selection = new vscode.Selection(end, end);
    editor.revealRange(new vscode.Range(end, end));
    return text;
  }

  /** Texts of tokens of the model that gave the distribution. @throws Problem `stale-edit` */
  async describe(place: number, ids: readonly number[]): Promise<readonly TokenInfo[]> {
    if (place !== this.place || !this.asked) throw stale(vscode.l10n.t('The cursor has moved on.'));
    const missing = ids.filter((id) => !this.tokens.has(id));
    if (missing.length > 0) {
      const { model } = this.asked;
      const { tokens } = await this.parts.engine.call('describeTokens', { model: refOf(model), ids: missing });
      if (place !== this.place) throw stale(vscode.l10n.t('The cursor has moved on.'));
      for (const token of tokens) this.tokens.set(token.id, token);
    }
    return ids.flatMap((id) => this.tokens.get(id) ?? []);
  }

  /**
   * Where a token of the context stands in the editor; null where it has no place in the text.
   * @throws Problem `stale-edit`
   */
  rangeOf(place: number, index: number): { editor: vscode.TextEditor; range: vscode.Range } | null {
    const { editor, asked } = this.still(place, vscode.l10n.t('The cursor has moved on.'));
    const { text, all, left, context } = this.given as Given;
    const token = context[index];
    if (!token || (token.special && token.bytes.length === 0)) return null;
    const at = index + left;
    const span = textSpans(text, all).spans.find(({ first, last }) => first <= at && at <= last);
    if (!span) return null;
    const { document, position } = asked;
    const start = document.offsetAt(position) - text.length;
    const range = new vscode.Range(document.positionAt(start + span.start), document.positionAt(start + span.end));
    return { editor, range };
  }

  dispose(): void {
    this.latest.stop();
    this.moves.dispose();
  }

  /** Whether what is shown, or is being asked, is of this place and has what a looker shows. */
  private knows(who: Looker): boolean {
    const { shown } = this.snapshot;
    if (this.latest.pending || shown.state !== 'ready' || (who === 'attention' && !shown.looks)) return false;
    return this.here(this.asked) !== null;
  }

  /** The editor, while text and cursor are where they were asked for. */
  private here(asked: Asked | null): vscode.TextEditor | null {
    const editor = vscode.window.activeTextEditor;
    if (!asked || editor?.document !== asked.document || asked.document.version !== asked.version) return null;
    return editor.selection.active.isEqual(asked.position) ? editor : null;
  }

  /** @throws Problem `stale-edit` with the sentence where an answer is not of the place of the cursor any more */
  private still(place: number, gone: string): { readonly editor: vscode.TextEditor; readonly asked: Asked } {
    const { asked } = this;
    const editor = this.here(asked);
    if (!asked || !editor || place !== this.place) throw stale(gone);
    return { editor, asked };
  }

  private setBusy(busy: boolean): void {
    if (busy === this.busy) return;
    this.busy = busy;
    this.snapshot = { ...this.snapshot, busy };
    this.parts.onBusy(busy);
  }

  private async ask(signal: AbortSignal): Promise<void> {
    let shown: AtCursor<CursorAnswer>;
    try {
      shown = await this.shownAt(signal);
    } catch (error) {
      if (signal.aborted) return;
      shown = { state: 'problem', problem: this.parts.onProblem(error).toData() };
    }
    if (signal.aborted) return;
    this.busy = false;
    this.snapshot = { ...this.snapshot, shown, busy: false };
    this.parts.onChange(this.snapshot);
  }

  private async shownAt(signal: AbortSignal): Promise<AtCursor<CursorAnswer>> {
    const reading = await readingOf(this.parts.models);
    throwIfAborted(signal);
    this.snapshot = { ...this.snapshot, ...reading.models };
    if (reading.shown) return reading.shown;
    const { editor, model } = reading;
    const { document, selection } = editor;
    const asked: Asked = { document, version: document.version, position: selection.active, model };
    return this.answer(asked, signal);
  }

  private async answer(asked: Asked, signal: AbortSignal): Promise<AtCursor<CursorAnswer>> {
    const { engine } = this.parts;
    const { document, position } = asked;
    const model = refOf(asked.model);
    const limit = contextLimit(asked.model);
    const text = textAround(document, position, limit * CHARACTERS_A_TOKEN);
    if (text.before === '') return { state: 'no-text' };
    const before = await engine.call('tokenize', { model, text: text.before }, { signal });
    const { tokens, left } = contextOf(text.before, before.tokens, limit);
    const last = tokens.at(-1);
    if (!last) return { state: 'no-text' };
    const { logits, attention } = await engine.call(
      'nextLogits',
      { model, ids: tokens.map(({ id }) => id), attention: this.lookers.has('attention') },
      { signal },
    );
    const follows = text.after === '' ? null : await this.following(model, text, signal);
    const order = [...topK(logits, DESCRIBED)];
    const ids = follows === null || order.includes(follows) ? order : [...order, follows];
    const described = await engine.call('describeTokens', { model, ids }, { signal });
    throwIfAborted(signal);
    this.asked = asked;
    this.given = { text: text.before, all: before.tokens, left, context: tokens };
    this.tokens = new Map(described.tokens.map((token) => [token.id, token]));
    const at: CursorPlace = {
      place: ++this.place,
      model: asked.model.name,
      file: vscode.workspace.asRelativePath(document.uri),
      line: position.line + 1,
      column: position.character + 1,
      used: tokens.length,
      whole: text.whole && left === 0,
    };
    return {
      state: 'ready',
      // Copies: what came from the engine are views of all that it sent at once, which would go to the page with them.
      next: { ...at, logits: logits.slice(), tokens: described.tokens, last, follows },
      looks: attention ? { ...at, tokens, attention: ownWeights(attention) } : null,
    };
  }

  /** The token that stands after the cursor, in the text as a whole. */
  private async following(
    model: { folder: string; file: string },
    { before, after }: { readonly before: string; readonly after: string },
    signal: AbortSignal,
  ): Promise<number | null> {
    // What stands far before it does not change how the tokenizer cuts there.
    const near = endOfText(before, NEAR).trimStart();
    const whole = near + after;
    const { tokens } = await this.parts.engine.call('tokenize', { model, text: whole }, { signal });
    return tokenAt(whole, tokens, near.length);
  }
}

function refOf({ folder, file }: ModelSummary): { folder: string; file: string } {
  return { folder, file };
}

/** UTF-16 units that a text takes in a document, whose line ends take the place of the text's. */
function lengthIn({ eol }: vscode.TextDocument, text: string): number {
  return text.replace(/\r\n|\r|\n/g, eol === vscode.EndOfLine.CRLF ? '\r\n' : '\n').length;
}

function stale(message: string): Problem {
  return new Problem({
    code: 'stale-edit',
    message,
    action: vscode.l10n.t('Choose from what is shown now.'),
  });
}

function ownWeights(attention: LastAttention): LastAttention {
  return attention.available ? { ...attention, weights: attention.weights.slice() } : attention;
}
