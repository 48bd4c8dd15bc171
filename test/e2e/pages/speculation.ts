import type { Locator } from 'playwright-core';
import type { Explorer } from './explorer';

/** The Speculation tab of an Explorer. */
export class Speculation {
  constructor(private readonly explorer: Explorer) {}

  /** The staircase: a row a pass. */
  get list(): Locator {
    return this.explorer.frame.getByRole('listbox', { name: 'Passes of the run' });
  }

  /** The passes in sight. */
  get passes(): Locator {
    return this.list.getByRole('option');
  }

  /** How many passes there are, in sight or not. */
  async passCount(): Promise<number> {
    return Number(await this.passes.first().getAttribute('aria-setsize'));
  }

  /** Waits until a pass is the chosen one and its numbers are on show. */
  async chosen(number: number): Promise<void> {
    await this.list.locator(`[role="option"][aria-selected="true"][aria-posinset="${number}"]`).waitFor();
    await this.explorer.frame.getByRole('heading', { name: `Pass ${number}`, exact: true }).waitFor();
  }

  /** Drafted tokens of the pass on show. */
  get drafts(): Locator {
    return this.explorer.frame.getByRole('table', { name: /^Drafted tokens/ }).locator('tbody tr');
  }

  /** All that is said of the pass on show. */
  detail(): Promise<string> {
    return this.explorer.frame.getByRole('region', { name: /^Pass \d+/ }).innerText();
  }

  /** A number of the run or of break-even, by the name above it. */
  async figure(name: string): Promise<string> {
    const figures = this.explorer.frame.locator('.spec-figure');
    const named = figures.filter({ has: this.explorer.frame.getByText(name, { exact: true }) });
    return (await named.locator('dd').innerText()).replaceAll(/\s+/g, ' ').trim();
  }
}
