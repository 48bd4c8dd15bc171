import type { FrameLocator, Locator } from 'playwright-core';
import type { Workbench } from './workbench';

/** The Compare tab of the Explorer on show. */
export class ComparisonPage {
  readonly frame: FrameLocator;

  constructor(workbench: Workbench) {
    this.frame = workbench.webview();
  }

  /** Opens the tab through the palette, with a prompt that is typed there. */
  static async compare(workbench: Workbench, prompt: string): Promise<ComparisonPage> {
    await workbench.runCommand('Vivarium: Compare Decoders');
    const input = workbench.page.locator('.quick-input-widget input');
    await workbench.page.locator('.quick-input-widget').getByText('A sentence for the model').waitFor();
    await input.fill(prompt);
    await input.press('Enter');
    const page = new ComparisonPage(workbench);
    await page.compareButton.waitFor();
    return page;
  }

  get compareButton(): Locator {
    return this.frame.getByRole('button', { name: 'Compare', exact: true });
  }

  /** Ticks these decoders and no other, by the names in the list. */
  async tick(names: readonly string[]): Promise<void> {
    const boxes = this.frame.getByRole('complementary', { name: 'What is compared' }).getByRole('checkbox');
    const labels = this.frame.locator('.candidate label');
    for (let place = 0; place < (await boxes.count()); place++) {
      await boxes.nth(place).setChecked(names.includes((await labels.nth(place).innerText()).trim()));
    }
  }

  /** Puts a decoder into the list once more, with this value of one of its options. */
  async addAgain(decoder: string, option: string, value: number): Promise<void> {
    await this.frame.getByRole('button', { name: `Add ${decoder} again with other options` }).click();
    const field = this.frame.locator('.candidate-added').getByRole('textbox', { name: option });
    await field.fill(String(value));
    await field.press('Enter');
  }

  async setRounds(rounds: number): Promise<void> {
    const field = this.frame.getByRole('textbox', { name: 'Rounds' });
    await field.fill(String(rounds));
    await field.press('Enter');
  }

  /** Waits until a comparison has ended well, as a screen reader hears it. */
  async completed(): Promise<void> {
    await this.frame.getByText(/^Comparison complete/).waitFor({ state: 'attached' });
  }

  get table(): Locator {
    return this.frame.getByRole('region', { name: 'Compared decoders' });
  }

  row(decoder: string): Locator {
    return this.table.getByRole('row').filter({ has: this.frame.getByRole('button', { name: decoder, exact: true }) });
  }

  exportButton(form: 'CSV' | 'JSON'): Locator {
    return this.frame.getByRole('button', { name: form, exact: true });
  }

  async open(decoder: string): Promise<void> {
    await this.frame.getByRole('button', { name: `Open the run of ${decoder}` }).click();
    // The page goes to the run's own tab once it is there, whatever was chosen meanwhile.
    await this.table.waitFor({ state: 'detached' });
  }
}
