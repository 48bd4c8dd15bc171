import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

const registry = fileURLToPath(new URL('../../src/webview/renderer/sheets.ts', import.meta.url));

/**
 * Puts style sheets into the script, for a page that is not ours: each imported sheet becomes a call that keeps its text for
 * the shadow of a result. What a sheet says of the page's body, which the shadow is not in, it says of the shadow's host.
 *
 * @type {import('esbuild').Plugin}
 */
export const shadowSheets = {
  name: 'shadow-sheets',
  setup(plugin) {
    plugin.onLoad({ filter: /\.css$/ }, async ({ path }) => {
      const text = (await readFile(path, 'utf8'))
        .replace(/\/\*[^]*?\*\//g, '')
        .replace(/:root:has\(body(\.vscode-[\w-]+)\)/g, ':host-context($1)')
        .replace(/:root/g, ':host')
        .replace(/(?<![\w-])(?:body)?(\.vscode-[\w-]+)\s+(?=[.:\w])/g, ':host-context($1) ')
        .replace(/\s+/g, ' ');
      const contents = `import { addSheet } from ${JSON.stringify(registry)};\naddSheet(${JSON.stringify(text)});\n`;
      return { contents, loader: 'js' };
    });
  },
};
