/**
 * Pictures of every view, with scroll bars, at each width and in each theme, and a page that has them all:
 * `node scripts/screens.mjs OUT [--only NAME,NAME] [--width PIXELS,PIXELS] [--theme THEME,THEME]`.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { launchBrowser } from '../harness/chromium';
import { themeIds } from '../harness/themes';
import { bundledModels, startEngine } from '../webview/explorer-host';
import { Screens, WIDTHS } from './views';

const HEIGHT = 860;

const list = (text: string | undefined): readonly string[] | null => text?.split(',') ?? null;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { only: { type: 'string' }, width: { type: 'string' }, theme: { type: 'string' } },
});
const [out] = positionals;
if (out === undefined) {
  console.error('Usage: node scripts/screens.mjs OUT [--only NAME,…] [--width PIXELS,…] [--theme THEME,…]');
  process.exit(2);
}
const widths = list(values.width)?.map(Number) ?? WIDTHS;
const themes = themeIds.filter((theme) => list(values.theme)?.includes(theme) ?? true);

mkdirSync(out, { recursive: true });
const browser = await launchBrowser();
const engine = startEngine();
const taken: string[] = [];
try {
  const screens = new Screens(browser, engine, await bundledModels(engine));
  const wanted = list(values.only)?.map((name) => screens.screen(name)) ?? screens.all;
  for (const { name, open, height = HEIGHT } of wanted) {
    for (const width of widths) {
      const shown = await open({ width, height });
      for (const theme of themes) {
        await shown.setTheme(theme);
        // A view paints what a change of the theme makes of it in the frame after.
        await shown.page.evaluate(
          () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))),
        );
        const file = `${name}-${width}-${theme}.png`;
        await shown.page.screenshot({ path: path.join(out, file), animations: 'disabled' });
        taken.push(file);
      }
      await shown.close();
    }
    console.log(name);
  }
} finally {
  engine.dispose();
  await engine.ended();
  await browser.close();
}
const figures = taken.map((file) => `<figure><img src="${file}" alt=""><figcaption>${file}</figcaption></figure>`);
writeFileSync(
  path.join(out, 'index.html'),
  `<!DOCTYPE html><meta charset="utf-8"><title>Screens</title>
<style>body{display:flex;flex-wrap:wrap;gap:12px;font:12px sans-serif}figure{margin:0}img{max-width:700px;border:1px solid}</style>
${figures.join('\n')}
`,
);
console.log(`${taken.length} pictures in ${out}`);
