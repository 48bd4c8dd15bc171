import * as vscode from 'vscode';
import type { ModelSummary } from '../../protocol/models';
import { type Problem } from '../../protocol/errors';
import { classOf, CLASSES } from './palette';
import { type ScoredSpan, type ScoredText, type TextScorer } from './scoring';

export type ColouringState = 'scoring' | 'done' | 'failed';

/** How long nobody types before the text is scored again. */
const QUIET_MILLISECONDS = 300;

export interface ColouringParts {
  readonly document: vscode.TextDocument;
  /** The stretch that is painted; the whole document where absent. */
  readonly selection?: vscode.Range;
  readonly model: ModelSummary;
  readonly scorer: TextScorer;
  readonly onChange: () => void;
  readonly onProblem: (error: unknown) => Problem;
}

/** The surprisal of one document's text, scored again after edits until it is disposed. */
export class Colouring implements vscode.Disposable {
  state: ColouringState = 'scoring';
  scored: ScoredText | null = null;
  problem: Problem | null = null;
  /** UTF-16 offsets of what is painted; the end moves with edits inside, both with edits before. */
  private start: number;
  private end: number;
  /** All of the document is painted, however it changes. */
  readonly isWhole: boolean;
  private pending: NodeJS.Timeout | undefined;
  private stopper = new AbortController();

  constructor(private readonly parts: ColouringParts) {
    const { document, selection } = parts;
    this.isWhole = selection === undefined;
    this.start = selection ? document.offsetAt(selection.start) : 0;
    this.end = selection ? document.offsetAt(selection.end) : document.getText().length;
    void this.score();
  }

  get document(): vscode.TextDocument {
    return this.parts.document;
  }

  get model(): ModelSummary {
    return this.parts.model;
  }

  /** The text that is painted. */
  get text(): string {
    const text = this.document.getText();
    return this.isWhole ? text : text.slice(this.start, this.end);
  }

  /** UTF-16 offset where what is painted begins. */
  get offset(): number {
    return this.isWhole ? 0 : this.start;
  }

  get firstLine(): number {
    return this.document.positionAt(this.start).line;
  }

  /** What was painted moves with the text until it is scored again, soon. */
  edited(changes: readonly vscode.TextDocumentContentChangeEvent[]): void {
    for (const { rangeOffset, rangeLength, text } of changes) {
      const difference = text.length - rangeLength;
      if (rangeOffset + rangeLength <= this.start && !this.isWhole) this.start += difference;
      if (rangeOffset <= this.end) this.end = Math.max(this.start, this.end + difference);
    }
    this.stopper.abort();
    clearTimeout(this.pending);
    this.pending = setTimeout(() => void this.score(), QUIET_MILLISECONDS);
  }

  /** [CLASSES] the ranges of each shade. */
  ranges(): readonly vscode.Range[][] {
    const ranges: vscode.Range[][] = Array.from({ length: CLASSES }, () => []);
    for (const span of this.scored?.spans ?? []) {
      const shade = classOf(span.surprisal);
      if (shade !== null) ranges[shade]?.push(this.rangeOf(span));
    }
    return ranges;
  }

  rangeOf({ start, end }: ScoredSpan): vscode.Range {
    const from = this.offset;
    return new vscode.Range(this.document.positionAt(from + start), this.document.positionAt(from + end));
  }

  /** What stands at a place, or undefined outside of what is painted and while it is scored anew. */
  spanAt(position: vscode.Position): ScoredSpan | undefined {
    if (this.state !== 'done') return undefined;
    const at = this.document.offsetAt(position) - this.offset;
    return this.scored?.spans.find(({ start, end }) => at >= start && at < end);
  }

  dispose(): void {
    clearTimeout(this.pending);
    this.stopper.abort();
  }

  private async score(): Promise<void> {
    const stopper = (this.stopper = new AbortController());
    this.state = 'scoring';
    this.parts.onChange();
    try {
      const scored = await this.parts.scorer.score(this.text, stopper.signal, leftOut(this.model));
      if (stopper.signal.aborted) return;
      this.scored = scored;
      this.problem = null;
      this.state = 'done';
    } catch (error) {
      // An edit or the end came before the answer: what it brings is what counts.
      if (stopper.signal.aborted) return;
      this.problem = this.parts.onProblem(error);
      this.scored = null;
      this.state = 'failed';
    }
    this.parts.onChange();
  }
}

/** How to say what of a text is not scored. */
export function leftOut({ name }: ModelSummary): Parameters<TextScorer['score']>[2] {
  return {
    capped: (tokens) => vscode.l10n.t('The first {0} tokens are scored, the rest is not.', tokens),
    changed: vscode.l10n.t('The tokenizer of {0} changes some of this text, and gives no places from there on.', name),
  };
}
