import { lifeAnswer, lifePrompt, readLifeAnswer, type LifeReading } from './prompt';
import type { LifeGrid } from '../trace/record';

/** A model as text goes in and out of it. */
export interface LifeWriter {
  /** What the model writes greedily after a prompt, token by token as it reads; at most so many tokens. */
  write(prompt: string, maxNewTokens: number): Promise<string>;
  countTokens(text: string): Promise<number>;
}

/** Answers that are remembered. */
const MOST_KNOWN = 4096;

/** A model that is asked what follows a board. */
export class LifeModel {
  /** Answers by board: boards come back in oscillators, and at the order parameters 0 and 1. */
  private readonly known = new Map<string, LifeReading>();
  /** Tokens of an answer: as many for every board, for a cell is a token. */
  private answerTokens: number | null = null;

  constructor(
    readonly grid: LifeGrid,
    private readonly writer: LifeWriter,
  ) {}

  /**
   * The board that the model says follows this one, or why what it wrote is none.
   * @throws what the writer throws.
   */
  async answer(board: Uint8Array): Promise<LifeReading> {
    const key = board.join('');
    const known = this.known.get(key);
    if (known) return known;
    const prompt = lifePrompt(board, this.grid);
    if (this.answerTokens === null) {
      const together = await this.writer.countTokens(prompt + lifeAnswer(board, this.grid));
      this.answerTokens = together - (await this.writer.countTokens(prompt));
    }
    const reading = readLifeAnswer(await this.writer.write(prompt, this.answerTokens), this.grid);
    if (this.known.size >= MOST_KNOWN) this.known.clear();
    this.known.set(key, reading);
    return reading;
  }
}
