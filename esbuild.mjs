// Builds every bundle: `node esbuild.mjs [--watch | --production]`. Exit code 1: the build failed; 2: it is complete, but
// a bundle is over its budget.
import { chmod, mkdir, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, context } from 'esbuild';
import { bundles } from './scripts/lib/bundles.mjs';

const root = fileURLToPath(new URL('.', import.meta.url));
const watch = process.argv.includes('--watch');
const production = process.argv.includes('--production');

/** @param {import('./scripts/lib/bundles.mjs').Bundle} bundle @returns {import('esbuild').BuildOptions} */
function optionsOf(bundle) {
  return {
    absWorkingDir: root,
    entryPoints: [bundle.entry],
    outfile: bundle.outfile,
    bundle: true,
    minify: production,
    sourcemap: production ? false : 'linked',
    define: { 'process.env.NODE_ENV': JSON.stringify(production ? 'production' : 'development') },
    legalComments: 'none',
    metafile: true,
    logLevel: 'warning',
    ...bundle.options,
    plugins: watch ? [announce] : [],
  };
}

/** How many bundles are being built at this moment. */
let building = 0;

/**
 * Says when the first bundle of a change begins and when the last one ends: the problem matcher of
 * `.vscode/tasks.json` waits for these lines, and F5 for it.
 *
 * @type {import('esbuild').Plugin}
 */
const announce = {
  name: 'announce',
  setup(plugin) {
    plugin.onStart(() => {
      if (building++ === 0) console.log('[watch] build started');
    });
    plugin.onEnd(() => {
      if (--building === 0) console.log('[watch] build finished');
    });
  },
};

/** Keeps the metafile for the import test and gives the bytes written. @param {typeof bundles[number]} bundle */
async function buildOne(bundle) {
  const result = await build(optionsOf(bundle));
  await writeFile(path.join(root, '.cache/meta', `${bundle.name}.json`), JSON.stringify(result.metafile));
  if (bundle.name === 'cli') await chmod(path.join(root, bundle.outfile), 0o755);
  let bytes = 0;
  for (const file of Object.keys(result.metafile?.outputs ?? {})) {
    if (!file.endsWith('.map')) bytes += (await stat(path.join(root, file))).size;
  }
  return bytes;
}

await mkdir(path.join(root, '.cache/meta'), { recursive: true });

if (watch) {
  const contexts = await Promise.all(bundles.map((bundle) => context(optionsOf(bundle))));
  await Promise.all(contexts.map((each) => each.watch()));
} else {
  // Maps of an earlier development build must not end up in a package.
  if (production) await rm(path.join(root, 'dist'), { recursive: true, force: true });
  let failed = false;
  let tooLarge = false;
  for (const bundle of bundles) {
    try {
      const bytes = await buildOne(bundle);
      const over = production && bytes > bundle.budget;
      const size = `${(bytes / 1024).toFixed(1)} of ${bundle.budget / 1024} KB`;
      console.log(`${over ? 'OVER BUDGET ' : ''}${bundle.outfile}: ${production ? size : 'built'}`);
      tooLarge ||= over;
    } catch (error) {
      // esbuild has printed the messages already; anything else is new.
      if (!(error instanceof Error && 'errors' in error)) console.error(error);
      failed = true;
    }
  }
  process.exitCode = failed ? 1 : tooLarge ? 2 : 0;
}
