/** What must be in a package, relative to the extension. */
const required = [
  'package.json',
  'package.nls.json',
  'readme.md',
  'changelog.md',
  'license.txt',
  'THIRD_PARTY_NOTICES.txt',
  'THIRD_PARTY_NOTICES.onnxruntime.txt',
  'dist/extension.cjs',
  'dist/engine.mjs',
  'dist/cli.mjs',
  'dist/webview/explorer.js',
  'dist/webview/explorer.css',
  'dist/webview/renderer.js',
  'dist/webview/runs.js',
  'dist/webview/runs.css',
  'dist/webview/picture.js',
  'dist/webview/picture.css',
  'dist/webview/attention.js',
  'dist/webview/attention.css',
  'dist/webview/strip.js',
  'dist/webview/strip.css',
  'dist/webview/tokens.js',
  'dist/webview/tokens.css',
  'dist/webview/life.js',
  'dist/webview/life.css',
  'dist/node_modules/onnxruntime-node/package.json',
  'dist/node_modules/onnxruntime-common/package.json',
];

/** @type {readonly (readonly [RegExp, string])[]} */
const forbidden = [
  [/(^|\/)(adm-zip|global-agent)(\/|$)/, 'needed at install time only'],
  [/\.map$/, 'a source map'],
  [/\.(ts|tsx|mts|cts)$/, 'a source'],
  [/^(src|test|scripts|training|test-artifacts|\.[^/]+)\//, 'a source'],
  [/(^|\/)(package-lock\.json|tsconfig[^/]*\.json|[^/]*\.tsbuildinfo)$/, 'a file of the project'],
  [/(^|\/)(\.env[^/]*|\.npmrc|\.netrc|id_[a-z0-9]+|[^/]*\.(pem|key|p12|pfx))$/, 'a place for secrets'],
  [/\.(py|pyc|pt|pth|ckpt)$/, 'a file of the training'],
];

/**
 * Everything that is wrong with the list of files of a VSIX, one sentence each.
 *
 * @param {readonly string[]} entries names in the zip
 * @param {string} target `linux-x64`
 */
export function whyNotShipped(entries, target) {
  const files = entries.filter((name) => name.startsWith('extension/')).map((name) => name.slice('extension/'.length));
  const lower = new Set(files.map((name) => name.toLowerCase()));
  const problems = required.filter((name) => !lower.has(name.toLowerCase())).map((name) => `${name} is missing`);
  for (const name of files) {
    const why = forbidden.find(([pattern]) => pattern.test(name))?.[1];
    if (why !== undefined) problems.push(`${name} is ${why}`);
  }
  const libraries = new Set(
    files.flatMap((name) => /onnxruntime-node\/bin\/[^/]+\/([^/]+\/[^/]+)\//.exec(name)?.[1] ?? []),
  );
  const wanted = target.replace('-', '/');
  if (!libraries.has(wanted)) problems.push(`the onnxruntime of ${target} is missing`);
  libraries.delete(wanted);
  for (const other of libraries) problems.push(`the onnxruntime of ${other} is a second platform`);
  if (!files.some((name) => /^models\/[^/]+\/config\.json$/.test(name))) problems.push('no model is in it');
  return problems;
}
