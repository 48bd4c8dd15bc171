import { existsSync, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { build } from 'esbuild';
import type { Frame, Page } from 'playwright-core';
import { root } from '../../scripts/lib/run.mjs';
import { VsCodeUnderTest } from '../harness/vscode';

const FILE = 'text.txt';
const LINE = 'In the beginning God created the heaven and the earth, and the earth was without form, and void.\n';
/** Lines of the document: some 2,000 tokens of the bundled model. */
const LINES = 80;
const TYPED = 'And God said, Let there be light: and there was light. And God saw the light, that it was good. '
  .repeat(3)
  .slice(0, 200);
/** Milliseconds from key to key: 25 a second, faster than anybody types. */
const KEY_MILLISECONDS = 40;

/** What is open while the keys come. */
export const TYPING_VARIANTS = {
  'VS Code without the extension': { extension: false, views: [] },
  'the views hidden': { extension: true, views: [] },
  'Tokens shown': { extension: true, views: ['vivarium.tokens'] },
  'Tokens, Attention and Surprisal shown': {
    extension: true,
    views: ['vivarium.tokens', 'vivarium.attention', 'vivarium.strip'],
  },
} as const;
export type TypingVariant = keyof typeof TYPING_VARIANTS;

/** What the extension host is told. */
export interface TypingPlan {
  readonly file: string;
  readonly views: readonly string[];
  /** Part of the address of the code that is ours. */
  readonly ours: string;
}

/** Work without a pause, and the function that took most of it. */
export interface Stretch {
  readonly milliseconds: number;
  readonly mostly: string;
}

/** Milliseconds in the extension host, from before the first key to after the last result. */
export interface HostTimes {
  /** Longest that a timer of 1 ms was late, whatever the reason; the process not being run is one. */
  readonly longestDelay: number;
  /** Of our code and what it calls, without a pause between; and all of it together. */
  readonly longestOurs: Stretch;
  readonly ours: number;
  /** Of all other code: VS Code's own, garbage collection between. */
  readonly longestOthers: Stretch;
  readonly others: number;
  readonly collections: number;
  readonly longestCollection: number;
}

export interface TypingTimes extends HostTimes {
  /** From the last key to the Tokens view drawing what follows it; null where it is not shown. */
  readonly result: number | null;
}

/** Types 200 characters behind a document of some 2,000 tokens, in the window of a real VS Code. */
export async function measureTyping(variant: TypingVariant): Promise<TypingTimes> {
  const { extension, views } = TYPING_VARIANTS[variant];
  const folder = await mkdtemp(path.join(tmpdir(), 'vivarium-typing-'));
  const entry = path.join(folder, 'host.cjs');
  const none = path.join(folder, 'none');
  await mkdir(none);
  await writeFile(
    path.join(none, 'package.json'),
    JSON.stringify({ name: 'none', publisher: 'none', version: '0.0.0', engines: { vscode: '*' } }),
  );
  const plan: TypingPlan = { file: FILE, views, ours: path.join(root, 'dist/extension.cjs') };
  await writeFile(path.join(folder, 'plan.json'), JSON.stringify(plan));
  await build({
    entryPoints: [path.join(import.meta.dirname, 'typing-host.ts')],
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    external: ['vscode'],
    outfile: entry,
  });
  const vscode = await VsCodeUnderTest.start({
    extension: null,
    testDriver: true,
    files: { [FILE]: LINE.repeat(LINES) },
    env: { VIVARIUM_TYPING: folder },
  });
  try {
    const { page, server } = vscode;
    await page.exposeFunction('codeAutomationExit', () => undefined);
    await page.exposeFunction('codeAutomationLog', () => undefined);
    await page.goto(
      server.url(vscode.workspace, [
        ['extensionDevelopmentPath', server.remoteUri(extension ? root : none)],
        ['extensionTestsPath', server.remoteUri(entry)],
      ]),
    );
    await told(folder, 'ready');
    const tokens = (views as readonly string[]).includes('vivarium.tokens') ? await tokensFrame(page) : null;
    // The first answer is there, with it the model; what VS Code does after a start is done.
    await new Promise((resolve) => setTimeout(resolve, 5000));
    await page.locator('.monaco-editor').getByRole('textbox').first().focus();
    await writeFile(path.join(folder, 'begin'), '');
    await told(folder, 'begun');
    const seen = tokens && drawnAt(tokens, `:${LINES + 1}:${TYPED.length + 1}`);
    for (const [at, character] of [...TYPED].entries()) {
      const next = performance.now() + KEY_MILLISECONDS;
      await page.keyboard.press(character === ' ' ? 'Space' : character);
      const rest = next - performance.now();
      if (rest > 0 && at < TYPED.length - 1) await new Promise((resolve) => setTimeout(resolve, rest));
    }
    const last = Date.now();
    const result = seen && (await seen) - last;
    await new Promise((resolve) => setTimeout(resolve, 1000));
    await writeFile(path.join(folder, 'end'), '');
    await told(folder, 'times');
    const times = JSON.parse(readFileSync(path.join(folder, 'times'), 'utf8')) as HostTimes;
    return { ...times, result };
  } finally {
    await vscode.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

async function told(folder: string, name: string): Promise<void> {
  const deadline = Date.now() + 120_000;
  while (!existsSync(path.join(folder, name))) {
    if (Date.now() > deadline) throw new Error(`The extension host did not say "${name}".`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** The page of the Tokens view, once it shows a distribution. */
async function tokensFrame(page: Page): Promise<Frame> {
  const deadline = Date.now() + 60_000;
  while (Date.now() < deadline) {
    for (const frame of page.frames()) {
      if (
        (await frame
          .locator('main[aria-label="Tokens"] .next-list')
          .count()
          .catch(() => 0)) > 0
      )
        return frame;
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error('The Tokens view shows nothing.');
}

/** The clock's time when the view says that it is of a place. */
function drawnAt(frame: Frame, place: string): Promise<number> {
  return frame.evaluate(
    (ending) =>
      new Promise<number>((resolve) => {
        new MutationObserver((_changes, observer) => {
          if (!document.querySelector('.cursor-where')?.textContent?.endsWith(ending)) return;
          observer.disconnect();
          resolve(Date.now());
        }).observe(document.body, { subtree: true, childList: true, characterData: true });
      }),
    place,
  );
}
