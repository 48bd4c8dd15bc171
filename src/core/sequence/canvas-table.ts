import { CoreError } from '../errors';
import type { CanvasModel } from './canvas';

/**
 * A canvas model whose distributions are known exactly: those of a joint distribution over whole sequences, given what stands.
 * What decoders that write in any order are tested on, since what they should give can be counted.
 */
export class CanvasTable implements CanvasModel {
  /** Passes run so far, for those who count them. */
  passes = 0;

  /**
   * @param maskId the id of an empty place, inside the vocabulary; no sequence of the table has it.
   * @param joint every sequence that can be, with its probability; all of one length. What is left out has probability 0.
   */
  constructor(
    readonly vocabularySize: number,
    readonly maskId: number,
    private readonly joint: readonly { readonly ids: readonly number[]; readonly probability: number }[],
  ) {}

  get places(): number {
    return this.joint[0]?.ids.length ?? 0;
  }

  /**
   * Row i: log p(x_i | all other places that are filled). A place that is filled is left out of what is given, so that its own row
   * says what might stand there instead; where no sequence agrees with the others, every id is equally likely.
   */
  predict(ids: readonly number[]): Promise<Float32Array> {
    if (ids.length !== this.places) {
      const message = `The table is of ${this.places} places, and ${ids.length} were given.`;
      return Promise.reject(new CoreError('request-invalid', message));
    }
    this.passes++;
    const logits = new Float32Array(ids.length * this.vocabularySize);
    for (let index = 0; index < ids.length; index++) {
      const masses = this.massesAt(index, ids);
      const total = masses.reduce((sum, mass) => sum + mass, 0);
      for (let id = 0; id < this.vocabularySize; id++) {
        const probability = total > 0 ? (masses[id] as number) / total : 1 / this.vocabularySize;
        logits[index * this.vocabularySize + id] = Math.log(probability);
      }
    }
    return Promise.resolve(logits);
  }

  /** The mass of the sequences that agree with every other place that is filled, by what they have at `index`. */
  private massesAt(index: number, given: readonly number[]): Float64Array {
    const masses = new Float64Array(this.vocabularySize);
    for (const { ids, probability } of this.joint) {
      const agrees = ids.every((id, place) => place === index || given[place] === this.maskId || given[place] === id);
      const id = ids[index] as number;
      if (agrees) masses[id] = (masses[id] as number) + probability;
    }
    return masses;
  }
}
