import { cp, mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { type VsCodeServer, startServer } from '../../scripts/lib/server.mjs';
import { ensureVsCode } from '../../scripts/lib/vscode.mjs';
import { artifacts } from './artifacts';
import { launchBrowser } from './chromium';
import { type ThemeId, themeNames } from './themes';
import { extensionFolderName, unpackVsix } from './vsix';

export interface VsCodeOptions {
  /** The extension under test: a VSIX, unpacked as VS Code does it, or a folder as it is. null: no extension. */
  readonly extension: { readonly vsix: string } | { readonly folder: string } | null;
  /** Copied into the workspace, which is a temporary folder. */
  readonly workspaceFrom?: string;
  /** Keeps the file that makes a window of the samples begin with the walkthrough. */
  readonly welcome?: boolean;
  /** Files put into the workspace: path to content. */
  readonly files?: Readonly<Record<string, string>>;
  readonly theme?: ThemeId;
  readonly settings?: Readonly<Record<string, unknown>>;
  readonly viewport?: { readonly width: number; readonly height: number };
  readonly reducedMotion?: boolean;
  /** VS Code asks for trust in the workspace, as on a desktop. Tests run trusted otherwise. */
  readonly workspaceTrust?: boolean;
  /** Lets the address name an extension and its tests. */
  readonly testDriver?: boolean;
  /** For the server and thus for the extension host. */
  readonly env?: Readonly<Record<string, string>>;
}

// An interrupted run ends its servers too: they are ended when this process exits, and only then.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130));

async function installExtension(extension: VsCodeOptions['extension'], extensionsDir: string): Promise<void> {
  await mkdir(extensionsDir, { recursive: true });
  if (extension === null) return;
  const target = path.join(extensionsDir, await extensionFolderName());
  if ('vsix' in extension) await unpackVsix(extension.vsix, target);
  else await symlink(extension.folder, target, 'junction');
}

async function fillWorkspace(workspace: string, options: VsCodeOptions): Promise<void> {
  await mkdir(workspace, { recursive: true });
  if (options.workspaceFrom !== undefined) await cp(options.workspaceFrom, workspace, { recursive: true });
  if (!options.welcome) await rm(path.join(workspace, '.vivarium-start'), { force: true });
  for (const [file, content] of Object.entries(options.files ?? {})) {
    await mkdir(path.dirname(path.join(workspace, file)), { recursive: true });
    await writeFile(path.join(workspace, file), content);
  }
}

/** Real VS Code, served to a real browser, with a profile, a workspace and extensions of its own. */
export class VsCodeUnderTest {
  private constructor(
    private readonly folder: string,
    readonly server: VsCodeServer,
    private readonly browser: Browser,
    readonly context: BrowserContext,
    /** The first window, blank until `open`. */
    readonly page: Page,
    /** The workspace on disk. */
    readonly workspace: string,
    /** The extension on disk, where there is one. */
    readonly extensionFolder: string,
  ) {}

  static async start(options: VsCodeOptions): Promise<VsCodeUnderTest> {
    const vscode = await ensureVsCode((line) => console.log(line));
    const folder = await realpath(await mkdtemp(path.join(tmpdir(), 'vivarium-vscode-')));
    const workspace = path.join(folder, 'workspace');
    const extensionsDir = path.join(folder, 'extensions');
    let server: VsCodeServer | undefined;
    let browser: Browser | undefined;
    try {
      await installExtension(options.extension, extensionsDir);
      await fillWorkspace(workspace, options);
      server = await startServer({
        vscode,
        dataDir: path.join(folder, 'data'),
        extensionsDir,
        settings: { 'workbench.colorTheme': themeNames[options.theme ?? 'dark'], ...options.settings },
        testDriver: options.testDriver ?? false,
        workspaceTrust: options.workspaceTrust ?? false,
        env: { ...process.env, ...options.env },
      });
      browser = await launchBrowser();
      const context = await browser.newContext({
        viewport: options.viewport ?? { width: 1280, height: 860 },
        reducedMotion: options.reducedMotion ? 'reduce' : 'no-preference',
        permissions: ['clipboard-read', 'clipboard-write'],
      });
      const page = await context.newPage();
      const extensionFolder = path.join(extensionsDir, await extensionFolderName());
      return new VsCodeUnderTest(folder, server, browser, context, page, workspace, extensionFolder);
    } catch (error) {
      await browser?.close();
      await server?.stop();
      await rm(folder, { recursive: true, force: true });
      throw error;
    }
  }

  /** Opens the workspace, and waits until the workbench stands. */
  async open(): Promise<void> {
    await this.page.goto(this.server.url(this.workspace));
    await this.page.locator('.monaco-workbench').waitFor();
  }

  /** Keeps a picture of the window as `test-artifacts/vscode-<name>.png`. */
  async screenshot(name: string): Promise<void> {
    await this.page.screenshot({ path: path.join(artifacts, `vscode-${name}.png`), animations: 'disabled' });
  }

  /** Closes the browser, ends every process of the server and removes what was written. */
  async stop(): Promise<void> {
    await this.browser.close();
    await this.server.stop();
    await rm(this.folder, { recursive: true, force: true, maxRetries: 5 });
  }
}
