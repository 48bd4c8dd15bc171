import { type Browser, chromium } from 'playwright-core';
import { browserHint, findBrowser } from '../../scripts/lib/browser.mjs';

const flags = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  // WebGL in software, the same on every machine.
  '--use-angle=swiftshader',
  '--enable-unsafe-swiftshader',
  '--force-color-profile=srgb',
];

/** A headless Chrome, Chromium or Edge of this machine, with a fresh profile. The caller closes it. */
export async function launchBrowser(): Promise<Browser> {
  const executablePath = await findBrowser();
  if (executablePath === null) throw new Error(`There is no Chrome, Chromium or Edge. ${browserHint}`);
  // The driver hides scroll bars by default; a view must be right with the room that they take.
  return chromium.launch({ executablePath, args: flags, ignoreDefaultArgs: ['--hide-scrollbars'] });
}
