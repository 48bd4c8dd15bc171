import { builtinModules } from 'node:module';

/**
 * The import rules of the architecture, in one place: the linter reads them file by file, the bundle test reads them
 * over what esbuild really packed.
 *
 * @typedef {'core' | 'protocol' | 'engine' | 'client' | 'extension' | 'cli' | 'webview'} Runtime
 *
 * @typedef {object} Rule
 * @property {readonly Runtime[]} folders other folders of `src/` that it may import
 * @property {readonly Runtime[]} [typesOnly] folders of which it may import types alone
 * @property {boolean} node whether node's own modules exist where it runs
 * @property {readonly string[]} packages packages that it may import
 * @property {Readonly<Record<string, string>>} [confined] packages for one sub-folder alone
 * @property {Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>} [absent] packages that a sub-folder
 *   does without, but for these files of it: what the rest is made of runs in tests as it is
 */

/** @type {Readonly<Record<Runtime, Rule>>} */
export const rules = {
  core: { folders: [], node: false, packages: [] },
  protocol: { folders: ['core'], node: false, packages: [] },
  engine: { folders: ['core', 'protocol'], node: true, packages: ['onnxruntime-node', 'oniguruma-parser'] },
  client: { folders: ['core', 'protocol'], node: true, packages: [] },
  extension: {
    folders: ['core', 'protocol', 'client'],
    node: true,
    packages: ['vscode'],
    absent: {
      vscode: {
        'src/extension/explorer/': ['defaults.ts', 'editor.ts', 'panels.ts', 'save.ts', 'viewer.ts'],
        'src/extension/life/': ['document.ts', 'editor.ts', 'prompt.ts'],
        'src/extension/runs/pair/': ['panels.ts'],
      },
    },
  },
  cli: { folders: ['core', 'protocol', 'client'], node: true, packages: [] },
  webview: {
    folders: ['core', 'protocol'],
    node: false,
    packages: ['preact'],
    confined: { '@vscode/webview-ui-toolkit': 'src/webview/ui/' },
  },
};

/** Packages that may come along in a bundle because an allowed package needs them. */
export const companions = {
  '@vscode/webview-ui-toolkit': [
    '@microsoft/fast-element',
    '@microsoft/fast-foundation',
    '@microsoft/fast-web-utilities',
    'exenv-es6',
    'tabbable',
    'tslib',
  ],
};

const builtins = new Set(builtinModules);

/** @param {string} file path with forward slashes, relative to the project root @returns {Runtime | null} */
export function runtimeOf(file) {
  const folder = /^src\/([^/]+)(?:\/|$)/.exec(file)?.[1];
  return folder !== undefined && folder in rules ? /** @type {Runtime} */ (folder) : null;
}

/** `preact/hooks` is of `preact`, `@vscode/vsce/x` of `@vscode/vsce`. @param {string} specifier */
export function packageOf(specifier) {
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
}

/** @param {string} specifier */
export function isBuiltin(specifier) {
  return specifier.startsWith('node:') || builtins.has(packageOf(specifier));
}

/** Every folder whose code may end up in a bundle of this runtime. @param {Runtime} runtime */
export function reachable(runtime) {
  return new Set([runtime, ...rules[runtime].folders]);
}

/**
 * Why a file may not import something, or null where it may.
 *
 * @param {string} file the importing file, relative to the project root, forward slashes
 * @param {string} specifier as written, or for a relative import the target relative to the project root
 * @param {boolean} typeOnly whether nothing is left of the import at run time
 */
export function whyForbidden(file, specifier, typeOnly) {
  const from = runtimeOf(file);
  if (from === null) return null;
  const rule = rules[from];
  const to = runtimeOf(specifier);
  if (to !== null) {
    if (to === from || rule.folders.includes(to)) return null;
    if (rule.typesOnly?.includes(to)) return typeOnly ? null : `src/${from} may import only types of src/${to}`;
    return `src/${from} may not import src/${to}`;
  }
  if (/^(src|test|scripts|training)\//.test(specifier)) return `src/${from} may not import ${specifier}`;
  if (isBuiltin(specifier)) return rule.node ? null : `src/${from} may not import ${specifier}: node is not there`;
  const name = packageOf(specifier);
  const confined = rule.confined?.[name];
  if (confined !== undefined) return file.startsWith(confined) ? null : `${name} belongs in ${confined}`;
  for (const [folder, but] of Object.entries(rule.absent?.[name] ?? {})) {
    if (file.startsWith(folder) && !but.includes(file.slice(folder.length))) {
      return `in ${folder} only ${but.join(', ')} may import ${name}`;
    }
  }
  return rule.packages.includes(name) ? null : `src/${from} may not import ${name}`;
}
