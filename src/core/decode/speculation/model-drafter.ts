import type { Random } from '../../numeric/random';
import { softmax } from '../../numeric/softmax';
import type { DraftSource } from '../drafted';
import type { DecodeRequest } from '../decoder';
import type { CausalModel } from '../../sequence/causal';
import { draw } from '../filters';
import type { ChosenOptions, DecoderOptions } from '../options';
import { DraftLength, SCHEDULES } from './draft-length';
import { ofDraft } from './draft-logits';
import type { Drafter } from './speculate';
import { processed, type Proposal } from './verify';

/** Options of every decoder that drafts with a second model. */
export const MODEL_DRAFT_OPTIONS = {
  gamma: { kind: 'integer', about: 'Tokens a draft, or those of the first one.', default: 4, min: 1, max: 64 },
  schedule: {
    kind: 'choice',
    about: 'How the length of drafts changes: not, or as Hugging Face does it, kept over runs or not.',
    default: 'constant',
    choices: SCHEDULES,
  },
  confidence: {
    kind: 'number',
    about: 'A draft ends with a token that the draft model gives a smaller probability; 0 = off (Hugging Face: 0.4).',
    default: 0,
    min: 0,
    max: 1,
    zero: 'off',
  },
} as const satisfies DecoderOptions;

/**
 * Drafts with a model, token by token, from its distribution under the run's own temperature and filters. The draft model
 * catches up on tokens of the sequence that it has not seen, and forgets those that were rejected. Where its context is
 * full it proposes nothing.
 */
export class ModelDrafter implements Drafter {
  private readonly length: DraftLength;
  private readonly endIds: ReadonlySet<number>;
  /** Tokens known when the last draft began. */
  private start = 0;

  constructor(
    private readonly draft: CausalModel,
    private readonly request: DecodeRequest,
    private readonly random: Random,
    private readonly options: ChosenOptions<typeof MODEL_DRAFT_OPTIONS>,
    private readonly draftSource: DraftSource = 'draft-model',
  ) {
    this.length = new DraftLength(options.gamma, options.schedule, request.aids?.kept);
    this.endIds = new Set(request.endIds);
  }

  async begin(prompt: readonly number[]): Promise<void> {
    this.draft.rollback(0);
    // A prompt that the draft model cannot hold with the first token after it is never drafted for.
    if (prompt.length < this.draft.contextLength) await this.feed(prompt);
  }

  async propose(sequence: readonly number[], most: number): Promise<readonly Proposal[]> {
    const { draft, random } = this;
    const { sampling, signal } = this.request;
    // The last token of a draft is not fed.
    const count = Math.min(this.length.current, most, draft.contextLength - sequence.length + 1);
    this.start = sequence.length;
    const drafted: Proposal[] = [];
    if (count < 1) return drafted;
    let row = await this.feed(sequence.slice(draft.length));
    for (;;) {
      const known = row;
      const q = ofDraft(() => processed(known, sampling));
      const id = sampling.temperature === 0 ? q.indexOf(1) : draw(q, random.uniform());
      drafted.push({ id, q, source: this.draftSource });
      const isLast = drafted.length === count || this.endIds.has(id) || !this.isConfident(row, q, id);
      if (isLast || signal.aborted) return drafted;
      row = await draft.extend([id]);
    }
  }

  learn(drafted: number, accepted: number): void {
    this.length.learn(drafted, accepted);
    this.draft.rollback(Math.min(this.draft.length, this.start + accepted));
  }

  /** Feeds tokens in passes that the model takes; the last row of logits. */
  private async feed(tokens: readonly number[]): Promise<Float32Array> {
    const { draft } = this;
    let row = new Float32Array();
    // Only the last row is read.
    const skipped = draft.read ? tokens.length - 1 : 0;
    if (skipped > 0) await draft.read?.(tokens.slice(0, skipped));
    for (let i = skipped; i < tokens.length; i += draft.chunk) {
      row = (await draft.extend(tokens.slice(i, i + draft.chunk))).slice(-draft.vocabularySize);
    }
    return row;
  }

  /** The stop depends on the token that was drawn, which stays in the draft: what was drafted before is not selected by it. */
  private isConfident(row: Float32Array, q: Float64Array, id: number): boolean {
    const { confidence } = this.options;
    if (confidence === 0) return true;
    const isGreedy = this.request.sampling.temperature === 0;
    return ((isGreedy ? softmax(row) : q)[id] as number) >= confidence;
  }
}
