/**
 * Takes from real VS Code what it gives to webviews in each kind of theme, and writes it to `themes/`:
 * `npx tsx test/harness/captureThemes.ts`. To be run again when the VS Code of the tests changes.
 */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { root } from '../../scripts/lib/run.mjs';
import { Workbench } from '../e2e/pages/workbench';
import { themeIds } from './themes';
import { VsCodeUnderTest } from './vscode';

const folder = path.join(root, 'test/harness/themes');

const manifest = {
  name: 'themecapture',
  publisher: 'vivarium',
  version: '0.0.1',
  engines: { vscode: '^1.100.0' },
  main: './main.cjs',
  contributes: { commands: [{ command: 'themecapture.open', title: 'Capture Theme' }] },
};
const main = `
const vscode = require('vscode');
exports.activate = (context) => {
  context.subscriptions.push(vscode.commands.registerCommand('themecapture.open', () => {
    vscode.window.createWebviewPanel('themecapture', 'Theme', 1, {}).webview.html = '<body><p>Theme</p></body>';
  }));
};`;

/** Colours of parts of the editor that no view of Vivarium shows. */
const unused =
  /^vscode-(agent|ai|banner|breadcrumb|chat|commandCenter|comments?|commentsView|debug|debugIcon|diffEditor|edit|editorBracket|editorBracketPairGuide|editorCommentsWidget|editorGhostText|editorGutter|editorInlayHint|editorMarkerNavigation|editorMinimap|editorOverviewRuler|editorRuler|editorSuggestWidget|extension|extensionBadge|extensionButton|extensionIcon|gauge|git|gitDecoration|inlineChat|inlineEdit|inspect|interactive|markdownAlert|mcpIcon|menubar|merge|mergeEditor|minimap|minimapGutter|minimapSlider|multiDiffEditor|notebook|peekView|peekViewEditor|peekViewEditorGutter|peekViewResult|peekViewTitle|ports|profileBadge|profiles|remoteHub|scm|scmGraph|search|searchEditor|sessions|settings|simpleFindWidget|statusBarItem|symbolIcon|terminal|terminalCommandDecoration|terminalCommandGuide|terminalCursor|terminalOverviewRuler|terminalStickyScroll|terminalStickyScrollHover|terminalSymbolIcon|testing|titleBar|walkThrough|walkthrough|welcomePage)(-|$)/;

const extension = await mkdtemp(path.join(tmpdir(), 'vivarium-themecapture-'));
await writeFile(path.join(extension, 'package.json'), JSON.stringify(manifest));
await writeFile(path.join(extension, 'main.cjs'), main);
await mkdir(folder, { recursive: true });

for (const theme of themeIds) {
  const vscode = await VsCodeUnderTest.start({ extension: { folder: extension }, theme });
  try {
    await vscode.open();
    const workbench = new Workbench(vscode.page);
    await workbench.runCommand('Capture Theme');
    const body = workbench.webview().locator('body');
    await body.getByText('Theme').waitFor();
    const { variables, styles, kind } = await body.evaluate((element) => {
      const { style } = document.documentElement;
      return {
        kind: element.dataset['vscodeThemeKind'],
        variables: Array.from(style).map((name) => [name.slice(2), style.getPropertyValue(name).trim()] as const),
        styles: document.getElementById('_defaultStyles')?.textContent ?? '',
      };
    });
    if (kind !== `vscode-${theme}`) throw new Error(`${theme}: VS Code shows ${kind}`);
    const kept = variables.filter(([name]) => !unused.test(name)).sort(([a], [b]) => (a < b ? -1 : 1));
    await writeFile(path.join(folder, `${theme}.json`), `${JSON.stringify(Object.fromEntries(kept), null, 2)}\n`);
    await writeFile(path.join(folder, 'webview.css'), styles);
    console.log(`${theme}: ${kept.length} of ${variables.length} variables`);
  } finally {
    await vscode.stop();
  }
}
await rm(extension, { recursive: true, force: true });
