import path from 'node:path';
import { build } from 'esbuild';
import { launchBrowser } from '../harness/chromium';
import { themeOf } from '../harness/themes';
import { median } from './worker';
import type {} from './life-editor-page';

const DRAWN_SIDE = 256;
const FRAMES = 300;
const PLAYED_SIDE = 1024;
const SPEED = 30;
const SECONDS = 5;

export interface LifeEditorTimes {
  /** Frames a second of the page while nothing is done, and while a line is drawn. */
  readonly idle: number;
  readonly drawing: number;
  /** Milliseconds from one frame to the next while drawing. */
  readonly medianFrame: number;
  /** Generations a second of those asked for. */
  readonly played: number;
}

/** The Life editor's own page in real Chromium: a line drawn at 256 x 256, and 1,024 x 1,024 played. */
export async function measureLifeEditor(): Promise<LifeEditorTimes> {
  const bundle = await build({
    entryPoints: [path.join(import.meta.dirname, 'life-editor-page.tsx')],
    bundle: true,
    write: false,
    outdir: 'out',
    format: 'iife',
    target: 'es2022',
    jsx: 'automatic',
    jsxImportSource: 'preact',
    minify: true,
    define: { 'process.env.NODE_ENV': '"production"' },
  });
  const textOf = (extension: string): string =>
    bundle.outputFiles.find((file) => file.path.endsWith(extension))?.text ?? '';
  const browser = await launchBrowser();
  try {
    const page = await browser.newPage({ viewport: { width: 1280, height: 860 } });
    const { variables, kind } = themeOf('dark');
    const style = Object.entries(variables).map(([name, value]) => `--${name}: ${value};`);
    await page.setContent(
      `<!DOCTYPE html><html><head><title>Bench</title></head><body class="${kind}"><div id="root"></div></body></html>`,
    );
    await page.addStyleTag({ content: `:root { ${style.join(' ')} } ${textOf('.css')}` });
    await page.addScriptTag({ content: textOf('.js') });
    const { idle, drawing } = await page.evaluate(([side, frames]) => window.measureDrawing(side, frames), [
      DRAWN_SIDE,
      FRAMES,
    ] as const);
    const played = await page.evaluate(([side, speed, seconds]) => window.measurePlaying(side, speed, seconds), [
      PLAYED_SIDE,
      SPEED,
      SECONDS,
    ] as const);
    return { idle: perSecond(idle), drawing: perSecond(drawing), medianFrame: median(drawing), played };
  } finally {
    await browser.close();
  }
}

function perSecond(intervals: readonly number[]): number {
  return (1000 * intervals.length) / intervals.reduce((sum, interval) => sum + interval, 0);
}
