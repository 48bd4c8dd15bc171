import type { Locator } from 'playwright-core';
import { Explorer } from './explorer';

/** The Explorer with a model of Life: the board of its prompt, and attention on it. */
export class LifeExplorer extends Explorer {
  get board(): Locator {
    return this.frame.getByRole('application', { name: /^Board of the prompt/ });
  }

  get prediction(): Locator {
    return this.frame.getByRole('application', { name: /^Prediction/ });
  }

  /** Waits until so many cells of the prompt's board are alive. */
  async untilAlive(cells: number): Promise<void> {
    await this.frame.getByRole('button', { name: new RegExp(`^Board .*, ${cells} alive$`) }).waitFor();
  }

  pattern(name: string): Locator {
    return this.frame.getByRole('list', { name: 'Patterns' }).getByRole('button', { name, exact: true });
  }

  /** The table in place of the picture of where the chosen head looks, once it is that of a cell. */
  nineCells(place: string): Locator {
    return this.frame.getByRole('table', { name: new RegExp(`around ${place}:`) });
  }

  /** Waits until what is on show is what the model makes of the board. */
  async untilPredicted(): Promise<void> {
    await this.frame
      .getByRole('region', { name: 'Prediction' })
      .getByText(/\d+ of 256 wrong/)
      .waitFor();
  }

  /** The chosen cell, in words and figures. */
  get cell(): Locator {
    return this.frame.getByRole('region', { name: 'Chosen cell' });
  }
}
