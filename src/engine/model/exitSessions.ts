import { Problem } from '../../protocol/errors';
import type { ProbedDecoder } from '../graph';
import { refuseTooLarge } from './memory';
import { type DecoderSession, openPart, type PartSession, probedDecoder } from './session';

/** A model cut in two at a layer, in sessions of their own. */
export interface ExitParts {
  readonly layer: number;
  /** Tokens to the hidden state that enters `layer`. */
  readonly lower: PartSession;
  /** From there to the logits; null where that cannot be cut out. */
  readonly upper: PartSession | null;
  /** Why there is no upper part: a sentence. */
  readonly reason: string | null;
  /** What leaves the last layer to the logits: final norm and head. */
  readonly lens: PartSession;
}

interface Opened {
  readonly parts: Promise<ExitParts>;
  users: number;
}

/**
 * The parts of one open model. They take about as much memory as the model once more, so those of one layer are kept, and
 * those that are in use; the lens, which every layer needs, stays.
 */
export class ExitSessions {
  private readonly opened = new Map<number, Opened>();
  private lens: Promise<PartSession> | null = null;

  /**
   * @param first of a pair of files the one without past.
   * @param free tells how many bytes are free.
   */
  constructor(
    private readonly main: DecoderSession,
    private readonly first: DecoderSession | null,
    private readonly free: () => number,
  ) {}

  /**
   * Opens the parts of a layer, or gives those that are open; `release` when they are no longer needed.
   * @throws Problem `not-available` where the model cannot be cut there, `memory`, `file`, `onnx-*`.
   */
  async take(layer: number): Promise<ExitParts> {
    let opened = this.opened.get(layer);
    if (!opened) {
      const idle = [...this.opened].filter(([, { users }]) => users === 0);
      for (const [other] of idle) this.opened.delete(other);
      const closed = Promise.all(idle.map(([, each]) => this.close(each)));
      opened = { parts: closed.then(() => this.open(layer)), users: 0 };
      this.opened.set(layer, opened);
    }
    opened.users++;
    try {
      return await opened.parts;
    } catch (error) {
      if (this.opened.get(layer) === opened) this.opened.delete(layer);
      throw error;
    }
  }

  release(layer: number): void {
    const opened = this.opened.get(layer);
    if (opened) opened.users--;
  }

  /**
   * Opens the lens, or gives the one that is open.
   * @throws Problem as {@link take}.
   */
  async openLens(): Promise<PartSession> {
    this.refusePair();
    return this.lensFrom(() => probedDecoder(this.main));
  }

  private lensFrom(probed: () => ProbedDecoder): Promise<PartSession> {
    const { main } = this;
    this.lens ??= openPart(main, probed(), { from: main.graph.anatomy.layers, to: 'logits' });
    this.lens.catch(() => (this.lens = null));
    return this.lens;
  }

  private refusePair(): void {
    const { file } = this.main.graph;
    if (this.first) {
      throw new Problem({
        code: 'not-available',
        message: `${file} goes on from the cache of a second file, and only models of one file can be cut at a layer.`,
        action: 'Export the model with its cache in one file, or choose another decoder.',
      });
    }
  }

  private async open(layer: number): Promise<ExitParts> {
    const { main } = this;
    const { layers } = main.graph.anatomy;
    this.refusePair();
    refuseTooLarge(main.graph, this.free());
    const probed = probedDecoder(main);
    const lower = await openPart(main, probed, { from: 0, to: layer });
    const lens = await this.lensFrom(() => probed);
    if (layer === layers) return { layer, lower, upper: lens, reason: null, lens };
    try {
      return { layer, lower, upper: await openPart(main, probed, { from: layer, to: 'logits' }), reason: null, lens };
    } catch (error) {
      if (!(error instanceof Problem && error.code === 'not-available')) throw error;
      return { layer, lower, upper: null, reason: error.message, lens };
    }
  }

  private async close({ parts }: Opened): Promise<void> {
    const { lower, upper, lens } = await parts;
    await lower.stage.session.release();
    if (upper !== lens) await upper?.stage.session.release();
  }
}
