// Builds every bundle: `node esbuild.mjs [--watch | --production]`. Exit code 1: the build failed; 2: it is complete, but
// a bundle is over its budget.
import { chmod, mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, context } from 'esbuild';
import { bundles } from './scripts/lib/bundles.mjs';
import { partsOf, spareSheets } from './scripts/lib/parts.mjs';

const root = fileURLToPath(new URL('.', import.meta.url));
const watch = process.argv.includes('--watch');
const production = process.argv.includes('--production');

/** @param {import('./scripts/lib/bundles.mjs').Bundle} bundle @returns {import('esbuild').BuildOptions} */
function optionsOf(bundle) {
  return {
    absWorkingDir: root,
    entryPoints: [{ in: bundle.entry, out: path.parse(bundle.outfile).name }],
    outdir: path.dirname(bundle.outfile),
    outExtension: { '.js': path.extname(bundle.outfile) },
    bundle: true,
    minify: production,
    sourcemap: production ? false : 'linked',
    define: { 'process.env.NODE_ENV': JSON.stringify(production ? 'production' : 'development') },
    legalComments: 'none',
    metafile: true,
    logLevel: 'warning',
    ...bundle.options,
    plugins: [...(bundle.options.plugins ?? []), ...(bundle.parts ? [tidy(bundle)] : []), ...(watch ? [announce] : [])],
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

/**
 * Leaves of a bundle in parts what its page loads: no chunks of an earlier build, and one style sheet.
 *
 * @param {import('./scripts/lib/bundles.mjs').Bundle} bundle @returns {import('esbuild').Plugin}
 */
function tidy(bundle) {
  const folder = path.dirname(bundle.outfile);
  const prefix = `${path.parse(bundle.outfile).name}-`;
  return {
    name: 'tidy',
    setup(plugin) {
      plugin.onEnd(async ({ metafile }) => {
        if (!metafile) return;
        const spare = new Set(spareSheets(metafile, bundle));
        for (const name of await readdir(path.join(root, folder))) {
          const file = `${folder}/${name}`;
          if (name.startsWith(prefix) && (spare.has(file) || !metafile.outputs[file])) await rm(path.join(root, file));
        }
      });
    },
  };
}

/** Keeps the metafile for the tests of what is in a bundle, and gives its parts. @param {typeof bundles[number]} bundle */
async function buildOne(bundle) {
  const { metafile } = await build(optionsOf(bundle));
  if (!metafile) throw new Error(`esbuild gave no metafile of ${bundle.name}`);
  await writeFile(path.join(root, '.cache/meta', `${bundle.name}.json`), JSON.stringify(metafile));
  if (bundle.name === 'cli') await chmod(path.join(root, bundle.outfile), 0o755);
  return partsOf(metafile, bundle);
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
      for (const { name, bytes, budget } of await buildOne(bundle)) {
        const over = production && (budget === undefined || bytes > budget);
        const size = `${(bytes / 1024).toFixed(1)} of ${budget === undefined ? 'no budget' : `${budget / 1024} KB`}`;
        const what = name === bundle.entry ? bundle.outfile : `  + ${name}`;
        console.log(`${over ? 'OVER BUDGET ' : ''}${what}: ${production ? size : 'built'}`);
        tooLarge ||= over;
      }
    } catch (error) {
      // esbuild has printed the messages already; anything else is new.
      if (!(error instanceof Error && 'errors' in error)) console.error(error);
      failed = true;
    }
  }
  process.exitCode = failed ? 1 : tooLarge ? 2 : 0;
}
