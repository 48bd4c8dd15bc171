import type { FrameLocator, Locator } from 'playwright-core';
import type { Workbench } from './workbench';

/** The Explorer, an editor tab: found and used as a person does. */
export class Explorer {
  readonly frame: FrameLocator;

  constructor(private readonly workbench: Workbench) {
    this.frame = workbench.webview();
  }

  /** Opens an Explorer on a prompt through the palette; the run begins at once. */
  static async explore(workbench: Workbench, prompt: string): Promise<Explorer> {
    await workbench.runCommand('Vivarium: Explore Prompt');
    const input = workbench.page.locator('.quick-input-widget input');
    await workbench.page.locator('.quick-input-widget').getByText('A sentence for the model').waitFor();
    await input.fill(prompt);
    await input.press('Enter');
    return new Explorer(workbench);
  }

  get prompt(): Locator {
    return this.frame.getByRole('textbox', { name: 'Prompt' });
  }

  get runButton(): Locator {
    return this.frame.getByRole('button', { name: 'Run', exact: true });
  }

  get stopButton(): Locator {
    return this.frame.getByRole('button', { name: 'Stop', exact: true });
  }

  tab(name: string): Locator {
    return this.frame.getByRole('tab', { name });
  }

  /** Waits until a run has ended well, as a screen reader hears it. */
  async completed(): Promise<void> {
    await this.frame.getByText(/^Run complete/).waitFor({ state: 'attached' });
  }

  /** Waits until no run is under way: of a second run nothing new is heard at its end. */
  async idle(): Promise<void> {
    await this.frame.locator('.shell:not(.shell-busy)').waitFor();
  }

  /** Sets how many tokens the next run generates at most. */
  async setNewTokens(count: number): Promise<void> {
    await this.frame.getByRole('button', { name: 'Settings of the run' }).click();
    const field = this.frame.getByRole('textbox', { name: 'New tokens' });
    await field.fill(String(count));
    await field.press('Enter');
    await field.press('Escape');
    await field.waitFor({ state: 'detached' });
  }

  async chooseModel(name: string): Promise<void> {
    await this.frame.getByRole('combobox', { name: 'Model', exact: true }).selectOption({ label: name });
  }

  /** Chooses how the next run draws its tokens, by the name that the list shows. */
  async chooseDecoder(name: string): Promise<void> {
    await this.frame.getByRole('combobox', { name: 'Decoder', exact: true }).selectOption({ label: name });
  }

  /** A sentence about something that went wrong. */
  get problem(): Locator {
    return this.frame.getByRole('alert');
  }

  /** The tokens of the run, in reading order. */
  get tokens(): Locator {
    return this.frame.locator('.tokens-text').getByRole('option');
  }

  selectedToken(index: number): Locator {
    return this.frame.locator(`.tokens-text [role="option"][aria-selected="true"]`).and(this.tokens.nth(index));
  }

  /** A number of the selected token, by the name above it. */
  async measure(name: 'probability' | 'rank' | 'surprisal' | 'entropy'): Promise<string> {
    const side = this.frame.getByRole('complementary', { name: 'Selected token' });
    const figure = side
      .locator('.figure')
      .filter({ has: this.frame.locator('dt', { hasText: new RegExp(`^${name}`) }) });
    return figure.locator('dd').innerText();
  }

  /** How many pictures the Attention tab has: one a head, and the mean of each layer. */
  async pictureCount(): Promise<number> {
    const heads = this.frame.getByRole('region', { name: 'Heads' });
    // Where there is little room they are cells at first.
    await heads.getByLabel('Show heads as').selectOption('pictures');
    const selected = heads.locator('.thumbnail[aria-selected="true"]');
    return Number(await selected.getAttribute('aria-setsize'));
  }

  /** What the status says of the model: how many layers, and heads in each. */
  async layersAndHeads(): Promise<[number, number]> {
    const text = await this.frame.getByText(/\d+ layers × \d+ heads/).innerText();
    const [layers = 0, heads = 0] = (text.match(/\d+/g) ?? []).map(Number);
    return [layers, heads];
  }

  /** The large head; its accessible name says which. */
  get heatMap(): Locator {
    return this.frame.locator('canvas[aria-roledescription="heat map"]');
  }

  /** The large head once it is not the one of this name any more. */
  heatMapOtherThan(label: string | null): Locator {
    const other = `:not([aria-label=${JSON.stringify(label ?? '')}])`;
    return this.frame.locator(`canvas[aria-roledescription="heat map"]${other}`);
  }

  /** Opens the Attention tab and waits until the large head is drawn. */
  async openAttention(): Promise<void> {
    await this.tab('Attention').click();
    await this.frame.locator('canvas[aria-roledescription="heat map"]:not([aria-busy="true"])').waitFor();
  }
}
