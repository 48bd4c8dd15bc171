import type { FrameLocator, Locator } from 'playwright-core';
import type { Workbench } from './workbench';

/** The Life editor in front. */
export class LifeEditorPage {
  readonly frame: FrameLocator;
  readonly board: Locator;

  constructor(readonly workbench: Workbench) {
    this.frame = workbench.webview();
    this.board = this.frame.locator('.life-board');
  }

  /** Opens a file of the workspace, and waits until its board stands. */
  static async open(workbench: Workbench, file: string): Promise<LifeEditorPage> {
    await workbench.openFile(file);
    const editor = new LifeEditorPage(workbench);
    await editor.board.locator('canvas').waitFor();
    return editor;
  }

  fact(name: string, value: string | number): Locator {
    return this.frame
      .locator('.fact', { hasText: name })
      .locator('dd')
      .filter({ hasText: new RegExp(`^${value}$`) });
  }

  /** Waits until so many cells are alive. */
  async untilAlive(cells: number): Promise<void> {
    await this.fact('Population', cells).waitFor();
  }

  /** Keys on the board, one after the other. */
  async press(...keys: string[]): Promise<void> {
    await this.board.focus();
    for (const key of keys) await this.workbench.page.keyboard.press(key);
  }

  /** Waits until the tab says that there are, or are not, changes to save. */
  async untilDirty(file: string, dirty: boolean): Promise<void> {
    const tab = this.workbench.page.locator(`.tab${dirty ? '.dirty' : ':not(.dirty)'}`, { hasText: file });
    await tab.waitFor();
  }
}
