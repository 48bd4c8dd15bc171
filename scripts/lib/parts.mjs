// The parts of a bundle: what a page loads at first, and what each of its dynamic imports makes it load on demand.

/**
 * @typedef {object} Part
 * @property {string} name the source file whose import loads it
 * @property {readonly string[]} files outputs that no earlier step has loaded
 * @property {number} bytes of these files
 * @property {number | undefined} budget undefined where the bundle names none
 */

/**
 * An output and everything that its static imports load with it.
 *
 * @param {import('esbuild').Metafile} metafile
 * @param {string} output
 * @param {Set<string>} [found]
 */
function loadedWith(metafile, output, found = new Set()) {
  if (found.has(output) || !metafile.outputs[output]) return found;
  found.add(output);
  for (const { path, kind } of metafile.outputs[output].imports) {
    if (kind === 'import-statement') loadedWith(metafile, path, found);
  }
  return found;
}

/**
 * The entry first, with the style sheet of the whole bundle; then one part for each module that is imported on demand,
 * as if it were the first to be asked for: a chunk that two parts share counts in both.
 *
 * @param {import('esbuild').Metafile} metafile
 * @param {import('./bundles.mjs').Bundle} bundle
 * @returns {Part[]}
 */
export function partsOf(metafile, bundle) {
  const entry = loadedWith(metafile, bundle.outfile);
  const sheet = metafile.outputs[bundle.outfile]?.cssBundle;
  /** @param {string} name @param {readonly string[]} files @param {number | undefined} budget @returns {Part} */
  const part = (name, files, budget) => ({
    name,
    files,
    bytes: files.reduce((sum, file) => sum + (metafile.outputs[file]?.bytes ?? 0), 0),
    budget,
  });
  const parts = [part(bundle.entry, sheet ? [...entry, sheet] : [...entry], bundle.budget)];
  for (const [file, { entryPoint }] of Object.entries(metafile.outputs)) {
    if (entryPoint === undefined || !file.endsWith('.js') || entry.has(file)) continue;
    const more = [...loadedWith(metafile, file)].filter((each) => !entry.has(each));
    parts.push(part(entryPoint, more, bundle.parts?.[entryPoint]));
  }
  return parts;
}

/**
 * Style sheets that esbuild writes beside each part: what they hold is in the sheet of the entry too.
 *
 * @param {import('esbuild').Metafile} metafile
 * @param {import('./bundles.mjs').Bundle} bundle
 */
export function spareSheets(metafile, bundle) {
  const sheet = metafile.outputs[bundle.outfile]?.cssBundle;
  return Object.keys(metafile.outputs).filter((file) => /\.css(\.map)?$/.test(file) && !file.startsWith(String(sheet)));
}
