import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { buildSync } from 'esbuild';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { root } from '../../scripts/lib/run.mjs';
import { decodeClone, encodeClone } from './page/clone';
import type { PageSetup } from './page/host';
import { type ThemeId, defaultStyles, themeOf } from './themes';

const ORIGIN = 'https://webview.test';

export interface WebviewOptions {
  /** Name of the bundle in `dist/webview/`. */
  readonly bundle: string;
  readonly theme?: ThemeId;
  readonly viewport?: { readonly width: number; readonly height: number };
  readonly reducedMotion?: boolean;
  /** What an earlier life of the webview had given to `setState`. */
  readonly state?: unknown;
  /** Paths for which nothing is found, as if the file could not be read; asked at each request. */
  readonly refuse?: (pathname: string) => boolean;
  /** The extension's side: gets each message of the webview, answers with `view.post`. */
  readonly onMessage: (message: unknown, view: WebviewUnderTest) => void;
}

let hostScript: string | undefined;

/** The page's side of the host, bundled once for the run. */
function bundledHost(): string {
  hostScript ??= buildSync({
    entryPoints: [path.join(root, 'test/harness/page/host.ts')],
    bundle: true,
    write: false,
    format: 'iife',
    target: 'es2022',
  }).outputFiles[0]?.text;
  return hostScript ?? '';
}

/** The same page and policy that the extension gives to a webview. */
function pageHtml(bundle: string, nonce: string): string {
  const policy = [
    `default-src 'none'`,
    `script-src 'nonce-${nonce}'`,
    `style-src ${ORIGIN}`,
    `img-src ${ORIGIN} data:`,
    `font-src ${ORIGIN}`,
  ].join('; ');
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="stylesheet" href="/webview.css">
<link rel="stylesheet" href="/dist/${bundle}.css">
<title>Vivarium</title>
</head>
<body>
<script nonce="${nonce}" src="/host.js"></script>
<div id="root"></div>
<script type="module" nonce="${nonce}" src="/dist/${bundle}.js"></script>
</body>
</html>`;
}

/** What the page may load, by path; everything else is a 404, which the page reports on its console. */
function resource(pathname: string, bundle: string, nonce: string): { contentType: string; body: string } | null {
  if (pathname === '/') return { contentType: 'text/html', body: pageHtml(bundle, nonce) };
  if (pathname === '/host.js') return { contentType: 'text/javascript', body: bundledHost() };
  if (pathname === '/webview.css') return { contentType: 'text/css', body: defaultStyles() };
  const name = /^\/dist\/([\w.-]+\.(js|css))$/.exec(pathname);
  if (!name?.[1]) return null;
  try {
    const body = readFileSync(path.join(root, 'dist/webview', name[1]), 'utf8');
    return { contentType: name[2] === 'js' ? 'text/javascript' : 'text/css', body };
  } catch {
    return null;
  }
}

/** A built webview bundle in plain Chromium, with a host like VS Code's around it. */
export class WebviewUnderTest {
  /** Errors of the page and what it wrote to its console as errors. */
  readonly errors: string[] = [];
  /** Paths that the page has asked for, in order. */
  readonly asked: string[] = [];

  private constructor(
    private readonly context: BrowserContext,
    readonly page: Page,
  ) {}

  static async open(browser: Browser, options: WebviewOptions): Promise<WebviewUnderTest> {
    const context = await browser.newContext({
      viewport: options.viewport ?? { width: 1280, height: 860 },
      reducedMotion: options.reducedMotion ? 'reduce' : 'no-preference',
    });
    const page = await context.newPage();
    const view = new WebviewUnderTest(context, page);
    page.on('pageerror', (error) => view.errors.push(error.message));
    page.on('console', (message) => {
      if (message.type() === 'error') view.errors.push(message.text());
    });
    const nonce = randomBytes(16).toString('base64url');
    await page.route(`${ORIGIN}/**`, async (route) => {
      const { pathname } = new URL(route.request().url());
      view.asked.push(pathname);
      const found = options.refuse?.(pathname) ? null : resource(pathname, options.bundle, nonce);
      await route.fulfill(found ?? { status: 404, body: '' });
    });
    await page.exposeFunction('vivariumPost', (message: string) => options.onMessage(decodeClone(message), view));
    const setup: PageSetup = {
      theme: themeOf(options.theme ?? 'dark'),
      state: options.state === undefined ? null : encodeClone(options.state),
      reducedMotion: options.reducedMotion ?? false,
    };
    await page.addInitScript(`window.vivariumSetup = ${JSON.stringify(setup)};`);
    await page.goto(`${ORIGIN}/`);
    return view;
  }

  /** Sends a message from the extension to the webview. */
  async post(message: unknown): Promise<void> {
    await this.page.evaluate((text) => window.vivariumPage.receive(text), encodeClone(message));
  }

  /** What the webview gave to `setState` last, or undefined. */
  async state(): Promise<unknown> {
    const text = await this.page.evaluate(() => window.vivariumPage.state());
    return text === null ? undefined : decodeClone(text);
  }

  /** Changes the theme as VS Code does it, under the running page. */
  async setTheme(theme: ThemeId): Promise<void> {
    await this.page.evaluate((next) => window.vivariumPage.setTheme(next), themeOf(theme));
  }

  /** Violations of the content security policy so far: directive and what was blocked. */
  async violations(): Promise<string[]> {
    return this.page.evaluate(() => window.vivariumPage.violations());
  }

  async close(): Promise<void> {
    await this.context.close();
  }
}
