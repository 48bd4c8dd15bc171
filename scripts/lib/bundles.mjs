import { shadowSheets } from './shadowSheets.mjs';

/** What esbuild makes of the sources: one bundle a runtime, with the size it must not outgrow (bytes, minified). */
const KB = 1024;

/**
 * @typedef {object} Bundle
 * @property {string} name
 * @property {import('./runtimes.mjs').Runtime} runtime the folder whose import rules hold for the bundle
 * @property {string} entry relative to the project root
 * @property {string} outfile relative to the project root
 * @property {number} budget bytes of the production build that are loaded at first, style sheet included
 * @property {Readonly<Record<string, number>>} [parts] modules that are imported on demand, each with the bytes that it may
 *   add to what is loaded already
 * @property {import('esbuild').BuildOptions} options
 */

/** @type {import('esbuild').BuildOptions} */
const node = { platform: 'node', target: 'node20', external: ['onnxruntime-node'] };
/** @type {import('esbuild').BuildOptions} */
const host = { platform: 'node', target: 'node20', format: 'cjs', external: ['vscode'] };
/** @type {import('esbuild').BuildOptions} */
const webview = {
  platform: 'browser',
  target: 'es2022',
  format: 'esm',
  jsx: 'automatic',
  jsxImportSource: 'preact',
};

/** @type {readonly Bundle[]} */
export const bundles = [
  {
    name: 'extension',
    runtime: 'extension',
    entry: 'src/extension/extension.ts',
    outfile: 'dist/extension.cjs',
    // Every decoder and every form of a Life pattern is in it, what notebooks draw without us, what two runs are to each other,
    // servers, what stands beside a text, and what tells runs apart; its Markdown is
    // made of texts, and it looks after the files of its history.
    budget: 320 * KB,
    options: host,
  },
  {
    name: 'engine',
    runtime: 'engine',
    entry: 'src/engine/main.ts',
    outfile: 'dist/engine.mjs',
    // Every form of attention and every decoder is in it, and every part of a tokenizer with the tables of Unicode that it asks.
    // What reads answers of servers and words of onnxruntime in linear time is longer than expressions that did not.
    // Shapes through a graph, and the blocks and masks that are found by them, are 9 KB.
    // Local functions written out, and caches told by their use, are 10 KB.
    budget: 350 * KB,
    options: { ...node, format: 'esm' },
  },
  {
    name: 'cli',
    runtime: 'cli',
    entry: 'src/cli/main.ts',
    outfile: 'dist/cli.mjs',
    // What it reads, and what the engine answers of servers, is read by the checks of all: 5 KB.
    budget: 156 * KB,
    options: { ...node, format: 'esm', banner: { js: '#!/usr/bin/env node' } },
  },
  {
    name: 'explorer',
    runtime: 'webview',
    entry: 'src/webview/explorer/main.tsx',
    outfile: 'dist/webview/explorer.js',
    // The style sheets of all parts are in it, and what parts share: the scales of attention weights, and
    // what is said of a setting that is refused. What it has kept is read by the checks that the extension uses: 5 KB.
    budget: 256 * KB,
    // Parts of Life read rules of every notation, 8 KB that they share.
    parts: {
      'src/webview/explorer/tokens/tokens-view.tsx': 52 * KB,
      // With every form of a pattern that can be pasted.
      'src/webview/explorer/board/board-input.tsx': 62 * KB,
      // With the map of all heads beside their pictures, and what leaves keys out of the rows.
      'src/webview/explorer/attention/attention-tab.tsx': 62 * KB,
      'src/webview/explorer/layers/layers-tab.tsx': 30 * KB,
      'src/webview/explorer/life/life-view.tsx': 48 * KB,
      // With the table of drafts, which the Speculation tab has too.
      'src/webview/explorer/life/decoding/decoding-part.tsx': 68 * KB,
      'src/webview/explorer/life/rollout/rollout-part.tsx': 58 * KB,
      'src/webview/explorer/life/sweep/sweep-view.tsx': 38 * KB,
      'src/webview/explorer/speculation/speculation-tab.tsx': 66 * KB,
      'src/webview/explorer/compare/compare-view.tsx': 40 * KB,
      // With the scales of weights, which the tab on text has too.
      'src/webview/explorer/life-attention/grid-view.tsx': 74 * KB,
    },
    options: { ...webview, splitting: true, chunkNames: 'explorer-[name]-[hash]' },
  },
  {
    name: 'life',
    runtime: 'webview',
    entry: 'src/webview/life/main.tsx',
    outfile: 'dist/webview/life.js',
    // Rules of every notation that boards step by, with their names and letters, are 8 KB.
    budget: 280 * KB,
    options: webview,
  },
  {
    name: 'tokens',
    runtime: 'webview',
    entry: 'src/webview/tokens-view/main.tsx',
    outfile: 'dist/webview/tokens.js',
    // Stands in the side bar all day, and is loaded again each time it is shown: without the toolkit.
    budget: 64 * KB,
    options: webview,
  },
  {
    name: 'attention',
    runtime: 'webview',
    entry: 'src/webview/attention-view/main.tsx',
    outfile: 'dist/webview/attention.js',
    // As the one beside it.
    budget: 48 * KB,
    options: webview,
  },
  {
    name: 'strip',
    runtime: 'webview',
    entry: 'src/webview/strip/main.tsx',
    outfile: 'dist/webview/strip.js',
    // In the panel, without the toolkit.
    budget: 62 * KB,
    options: webview,
  },
  {
    name: 'runs',
    runtime: 'webview',
    entry: 'src/webview/runs/main.tsx',
    outfile: 'dist/webview/runs.js',
    // Two runs against each other: without the toolkit, whose controls it has no use for.
    budget: 56 * KB,
    options: webview,
  },
  {
    name: 'picture',
    runtime: 'webview',
    entry: 'src/webview/picture/main.ts',
    outfile: 'dist/webview/picture.js',
    budget: 12 * KB,
    options: webview,
  },
  {
    name: 'renderer',
    runtime: 'webview',
    entry: 'src/webview/renderer/main.tsx',
    outfile: 'dist/webview/renderer.js',
    // Without the toolkit, whose elements would meet those of other extensions in the page of a notebook.
    // The exact rule of Life results reads rules as boards do.
    budget: 132 * KB,
    options: {
      platform: 'browser',
      target: 'es2022',
      format: 'esm',
      jsx: 'automatic',
      jsxImportSource: 'preact',
      plugins: [shadowSheets],
    },
  },
];
