import type { Frame, FrameLocator, Locator, Page } from 'playwright-core';

/** The parts of VS Code's window that a person uses, found as a screen reader finds them. */
export class Workbench {
  constructor(readonly page: Page) {}

  /** Runs a command from the palette by the title it shows there: "Vivarium: Explore Prompt". */
  async runCommand(title: string): Promise<void> {
    await this.chooseQuickly('F1', `>${title}`, title);
  }

  /** Reloads the window as the editor itself does: what webviews have kept a moment ago is written before. */
  async reloadWindow(): Promise<void> {
    const loaded = this.page.waitForEvent('load');
    await this.runCommand('Developer: Reload Window');
    await loaded;
    // A hover of what the pointer still rests on would cover what is clicked next.
    await this.page.mouse.move(0, 0);
  }

  /** Chooses an entry of the quick pick on show. */
  async pick(label: string | RegExp): Promise<void> {
    await this.page.locator('.quick-input-list').getByRole('option', { name: label }).first().click();
  }

  /** Changes the colour theme under the running window, by the name that the picker shows. */
  async chooseTheme(label: string): Promise<void> {
    await this.runCommand('Preferences: Color Theme');
    const input = this.page.locator('.quick-input-widget input');
    await input.fill(label);
    await this.page.locator('.quick-input-list').getByRole('option', { name: label }).first().waitFor();
    await input.press('Enter');
  }

  /** Opens a container of the activity bar. */
  async openActivity(name: string): Promise<void> {
    await this.page.locator('.activitybar').getByRole('tab', { name }).click();
  }

  /** A row of a tree in the side bar. */
  treeItem(name: string | RegExp): Locator {
    return this.page.locator('.sidebar').getByRole('treeitem', { name });
  }

  editorTab(name: string | RegExp): Locator {
    return this.page.locator('.editor-group-container').getByRole('tab', { name });
  }

  /** Opens a file of the workspace by name, through Go to File, and waits until its tab is in front. */
  async openFile(name: string): Promise<void> {
    await this.chooseQuickly('ControlOrMeta+P', name, name);
    await this.page.locator('.editor-group-container').getByRole('tab', { name, selected: true }).first().waitFor();
  }

  /** Answers VS Code's own dialog that asks where to save, once it has suggested a name with this ending. */
  async saveAs(file: string, ending: string): Promise<void> {
    const input = this.quickInput;
    await input.waitFor();
    // The dialog fills in a name of its own once it has read the folder, whatever was typed until then.
    await this.page.waitForFunction((suggested) => {
      const shown = document.querySelector<HTMLInputElement>('.quick-input-widget input');
      return shown?.value.endsWith(suggested);
    }, ending);
    // It does not take Enter while it reads the folder of what was typed, and that takes any time.
    for (let attempt = 0; attempt < 10; attempt++) {
      if ((await input.inputValue().catch(() => file)) !== file) await input.fill(file).catch(() => undefined);
      await input.press('Enter', { timeout: 2000 }).catch(() => undefined);
      if (await succeeds(input.waitFor({ state: 'hidden', timeout: 3000 }))) return;
    }
    throw new Error(`The dialog does not save ${file}`);
  }

  notification(text: string | RegExp): Locator {
    return this.page.locator('.notifications-toasts').getByText(text);
  }

  statusBarItem(name: string | RegExp): Locator {
    return this.page.locator('.statusbar').getByRole('button', { name });
  }

  /** The frame of the webview on show, for tools that look at a whole document. */
  async webviewFrame(): Promise<Frame> {
    const body = await this.webview().locator('body').elementHandle();
    const frame = await body?.ownerFrame();
    if (!frame) throw new Error('There is no webview on show');
    return frame;
  }

  /** The document of the webview on show in an editor. */
  webview(): FrameLocator {
    return this.page
      .frameLocator('iframe.webview.ready:not([src*="purpose=webviewView"])')
      .frameLocator('#active-frame');
  }

  /** The document of the webview on show in the side bar. */
  sideView(): FrameLocator {
    return this.page.frameLocator('iframe.webview.ready[src*="purpose=webviewView"]').frameLocator('#active-frame');
  }

  /** The document of a view of the side bar or the panel, by the name of what is in it. */
  async viewFrame(name: string): Promise<Frame> {
    const deadline = Date.now() + 30_000;
    for (;;) {
      for (const frame of this.page.frames()) {
        // A frame that is just being taken away has nothing.
        const found = await frame
          .locator(`main[aria-label="${name}"]`)
          .count()
          .catch(() => 0);
        if (found > 0) return frame;
      }
      if (Date.now() > deadline) throw new Error(`There is no view ${name} on show`);
      await this.page.waitForTimeout(100);
    }
  }

  private get quickInput(): Locator {
    return this.page.locator('.quick-input-widget input');
  }

  /**
   * Opens the palette by a key and chooses what it lists under a name. Asked anew until it is chosen: the key is lost on a
   * webview that is just loading, a dialog that is just being closed has the same field, a command is listed once its
   * extension is known, and a file once the search has seen it. Chosen by Enter: between the two halves of a click a
   * webview may take the focus, the list goes, and nothing is chosen without a word.
   */
  private async chooseQuickly(key: string, text: string, name: string): Promise<void> {
    const input = this.quickInput;
    const listed = this.page.locator('.quick-input-list').getByRole('option', { name });
    const chosenRow = this.page.locator('.quick-input-list .monaco-list-row.focused').and(listed);
    // Others that fit as well may stand before it.
    const goTo = async (): Promise<void> => {
      await listed.first().waitFor({ timeout: 5000 });
      for (let rows = 0; rows < 20 && !(await chosenRow.isVisible()); rows++) await input.press('ArrowDown');
      await chosenRow.waitFor({ timeout: 5000 });
    };
    const taken = (): Promise<unknown> =>
      this.page.waitForFunction(
        (asked) => {
          const shown = document.querySelector<HTMLInputElement>('.quick-input-widget input');
          return !shown?.checkVisibility() || shown.value !== asked;
        },
        text,
        { timeout: 5000 },
      );
    for (let attempt = 0; attempt < 8; attempt++) {
      await this.page.keyboard.press(key);
      const chosen = input
        .fill(text, { timeout: 5000 })
        .then(goTo)
        .then(() => input.press('Enter', { timeout: 5000 }))
        .then(taken);
      if (await succeeds(chosen)) return;
      await this.page.keyboard.press('Escape');
    }
    throw new Error(`VS Code does not list "${name}"`);
  }
}

function succeeds(step: Promise<unknown>): Promise<boolean> {
  return step.then(
    () => true,
    () => false,
  );
}
