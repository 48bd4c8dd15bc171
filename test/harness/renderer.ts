import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { root } from '../../scripts/lib/run.mjs';
import { type ThemeId, themeOf } from './themes';

const ORIGIN = 'https://notebook.test';

/** A page as lax as a notebook's: nothing but the renderer itself keeps what a file says from running. */
const PAGE = `<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>Notebook</title></head>
<body><main id="outputs"></main>
<script type="module">
  import { activate } from '/renderer.js';
  window.messages = [];
  window.renderer = activate({ postMessage: (message) => window.messages.push(message) });
  window.show = (id, mime, text) => {
    const element = document.createElement('div');
    element.id = id;
    document.getElementById('outputs').append(element);
    window.renderer.renderOutputItem({ id, mime, json: () => JSON.parse(text) }, element);
  };
</script></body></html>`;

declare global {
  interface Window {
    messages: unknown[];
    show(id: string, mime: string, text: string): void;
    renderer: { disposeOutputItem(id?: string): void };
    /** Set by what should never have run. */
    hacked?: unknown;
  }
}

/** The built renderer of notebooks in plain Chromium. */
export class RendererUnderTest {
  readonly errors: string[] = [];
  /** What the page asked for beside itself and the renderer. */
  readonly asked: string[] = [];
  private made = 0;

  private constructor(
    private readonly context: BrowserContext,
    readonly page: Page,
  ) {}

  static async open(browser: Browser, theme: ThemeId = 'dark', width = 900): Promise<RendererUnderTest> {
    const context = await browser.newContext({ viewport: { width, height: 700 } });
    const page = await context.newPage();
    const renderer = new RendererUnderTest(context, page);
    page.on('pageerror', (error) => renderer.errors.push(error.message));
    page.on('dialog', (dialog) => {
      renderer.errors.push(`a dialog: ${dialog.message()}`);
      void dialog.dismiss();
    });
    await page.route('**/*', async (route) => {
      const url = new URL(route.request().url());
      if (url.href === `${ORIGIN}/`) return route.fulfill({ contentType: 'text/html', body: PAGE });
      if (url.href === `${ORIGIN}/renderer.js`) {
        const body = readFileSync(path.join(root, 'dist/webview/renderer.js'), 'utf8');
        return route.fulfill({ contentType: 'text/javascript', body });
      }
      renderer.asked.push(url.href);
      return route.fulfill({ status: 404, body: '' });
    });
    await page.goto(`${ORIGIN}/`);
    await renderer.setTheme(theme);
    await page.waitForFunction(() => 'show' in window);
    return renderer;
  }

  async setTheme(theme: ThemeId): Promise<void> {
    await this.page.evaluate((kind) => {
      const { documentElement: html, body } = document;
      html.removeAttribute('style');
      for (const [name, value] of Object.entries(kind.variables)) html.style.setProperty(`--${name}`, value);
      body.className = kind.kind === 'vscode-high-contrast-light' ? `${kind.kind} vscode-high-contrast` : kind.kind;
      body.dataset['vscodeThemeKind'] = kind.kind;
      body.style.background = 'var(--vscode-editor-background)';
    }, themeOf(theme));
  }

  /** Draws what a file holds under a type, as text, and gives its place. */
  async show(mime: string, content: unknown): Promise<string> {
    const id = `output-${++this.made}`;
    const text = typeof content === 'string' ? content : JSON.stringify(content);
    await this.page.evaluate(([where, type, json]) => window.show(where, type, json), [id, mime, text] as const);
    return id;
  }

  /** Draws each of these at once, lets the page paint, and takes them away: how many results or problems each had. */
  async shownOf(mime: string, texts: readonly string[]): Promise<number[]> {
    return this.page.evaluate(
      async ([type, all]) => {
        all.forEach((text, place) => window.show(`probe-${place}`, type, text));
        await new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
        return all.map((_, place) => {
          const output = document.getElementById(`probe-${place}`);
          const shown = output?.shadowRoot?.querySelectorAll('section.result, .result-problem').length ?? 0;
          window.renderer.disposeOutputItem(`probe-${place}`);
          output?.remove();
          return shown;
        });
      },
      [mime, texts] as const,
    );
  }

  async close(): Promise<void> {
    await this.context.close();
  }
}
