import path from 'node:path';
import { build } from 'esbuild';
import { launchBrowser } from '../harness/chromium';
import { themeOf } from '../harness/themes';
import { median } from './worker';
import type {} from './thumbnails-page';

const LAYERS = 12;
const HEADS = 12;
const TOKENS = 512;
const ROUNDS = 8;

/**
 * The pictures of 12 x 12 heads at 512 tokens, from weights in memory to pixels, in real Chromium with the view's own
 * component.
 * @returns milliseconds by what was measured: the first round, with nothing compiled yet, and the median of those after.
 */
export async function measureThumbnails(): Promise<Record<string, number>> {
  const bundle = await build({
    entryPoints: [path.join(import.meta.dirname, 'thumbnails-page.tsx')],
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
    await page.setContent(`<!DOCTYPE html><html><head><title>Bench</title></head><body class="${kind}"></body></html>`);
    await page.addStyleTag({ content: `:root { ${style.join(' ')} } ${textOf('.css')}` });
    await page.addScriptTag({ content: textOf('.js') });
    const [first, ...rest] = await page.evaluate(
      ([layers, heads, tokens, rounds]) => window.measureThumbnails(layers, heads, tokens, rounds),
      [LAYERS, HEADS, TOKENS, ROUNDS] as const,
    );
    if (!first) throw new Error('Nothing was measured.');
    return {
      'the first time, from float32 weights to pixels': first.pooling + first.drawing,
      'later, from float32 weights to pixels': median(rest.map(({ pooling, drawing }) => pooling + drawing)),
      '… of which 8-bit codes and max-pooling (in the engine)': median(rest.map(({ pooling }) => pooling)),
      '… of which drawing (in the view)': median(rest.map(({ drawing }) => drawing)),
    };
  } finally {
    await browser.close();
  }
}
