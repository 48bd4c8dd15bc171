import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import { buildSync, type Metafile } from 'esbuild';
import { bundles } from '../../scripts/lib/bundles.mjs';
import { partsOf } from '../../scripts/lib/parts.mjs';
import { root } from '../../scripts/lib/run.mjs';
import {
  companions,
  isBuiltin,
  packageOf,
  reachable,
  rules,
  runtimeOf,
  whyForbidden,
} from '../../scripts/lib/runtimes.mjs';

function metafileOf(name: string): Metafile {
  const file = path.join(root, '.cache/meta', `${name}.json`);
  assert.ok(existsSync(file), `${name} has not been built: run "npm run build"`);
  return JSON.parse(readFileSync(file, 'utf8')) as Metafile;
}

describe('what is packed into a bundle exists where the bundle runs', () => {
  for (const bundle of bundles) {
    const rule = rules[bundle.runtime];
    const packages = [...rule.packages, ...Object.keys(rule.confined ?? {})];
    const companionsOf = Object.entries(companions).flatMap(([name, more]) => (packages.includes(name) ? more : []));
    const outputs = (): Metafile['outputs'][string][] => {
      const found = metafileOf(bundle.name).outputs;
      assert.ok(found[bundle.outfile], `${bundle.outfile} is not in the metafile`);
      // Style sheets take their pictures from the text itself.
      return Object.entries(found).flatMap(([file, output]) => (file.endsWith('.css') ? [] : [output]));
    };
    const inputs = (): string[] => outputs().flatMap((output) => Object.keys(output.inputs));

    test(`${bundle.name} holds sources only of folders that it may import`, () => {
      const foreign = inputs().filter((file) => {
        const runtime = runtimeOf(file);
        return !file.includes('node_modules/') && (runtime === null || !reachable(bundle.runtime).has(runtime));
      });
      assert.deepEqual(foreign, []);
    });

    test(`${bundle.name} holds only the packages that it may import`, () => {
      const packed = inputs()
        .filter((file) => file.includes('node_modules/'))
        .map((file) => packageOf(file.slice(file.lastIndexOf('node_modules/') + 'node_modules/'.length)));
      const foreign = [...new Set(packed)].filter((name) => ![...packages, ...companionsOf].includes(name));
      assert.deepEqual(foreign, []);
    });

    test(`${bundle.name} leaves nothing to be resolved at run time but what is there`, () => {
      const external = outputs()
        .flatMap(({ imports }) => imports)
        .filter((entry) => entry.external)
        .map((entry) => entry.path);
      const foreign = external.filter((name) => !(isBuiltin(name) ? rule.node : packages.includes(packageOf(name))));
      assert.deepEqual(foreign, []);
    });
  }
});

describe('a page loads what it shows, and the rest when it is asked for', () => {
  for (const bundle of bundles.filter(({ parts }) => parts !== undefined)) {
    const parts = () => partsOf(metafileOf(bundle.name), bundle);

    test(`each module that ${bundle.name} imports on demand has a budget, and each budget its module`, () => {
      const [, ...onDemand] = parts();
      assert.deepEqual(onDemand.map(({ name }) => name).sort(), Object.keys(bundle.parts ?? {}).sort());
    });

    test(`what ${bundle.name} loads at first and on demand is in the folder of the page, with one style sheet`, () => {
      const folder = path.dirname(bundle.outfile);
      const files = parts().flatMap((part) => part.files);
      assert.deepEqual(
        files.filter((file) => path.dirname(file) !== folder || !existsSync(path.join(root, file))),
        [],
      );
      const sheets = files.filter((file) => file.endsWith('.css'));
      assert.deepEqual(sheets, [`${folder}/${path.parse(bundle.outfile).name}.css`]);
    });

    test(`no part of ${bundle.name} outgrows its budget`, (t) => {
      const { outputs } = metafileOf(bundle.name);
      if (Object.keys(outputs).some((file) => file.endsWith('.map'))) return t.skip('this is a development build');
      const over = parts().filter(({ bytes, budget }) => budget === undefined || bytes > budget);
      assert.deepEqual(over, []);
    });
  }
});

describe('what runs in tests as it is needs no editor', () => {
  for (const file of ['explorer/session.ts', 'life/session.ts', 'life/models.ts', 'runs/pair/session.ts']) {
    test(`nothing that ${file} is made of imports vscode`, () => {
      const { metafile } = buildSync({
        ...{ absWorkingDir: root, entryPoints: [`src/extension/${file}`], outdir: 'dist', write: false },
        ...{ bundle: true, platform: 'node', format: 'esm', external: ['vscode'], metafile: true, logLevel: 'error' },
      });
      const users = Object.entries(metafile.inputs).filter(([, { imports }]) =>
        imports.some(({ path }) => path === 'vscode'),
      );
      assert.deepEqual(
        users.map(([user]) => user),
        [],
      );
    });
  }
});

describe('the import rules are those of the architecture', () => {
  const allowed: [string, string, boolean][] = [
    ['src/core/decode/a.ts', 'src/core/numeric/b', false],
    ['src/protocol/engine.ts', 'src/core/trace/record', false],
    ['src/engine/main.ts', 'onnxruntime-node', false],
    ['src/extension/extension.ts', 'vscode', false],
    ['src/extension/explorer/editor.ts', 'vscode', false],
    ['src/webview/ui/button.tsx', '@vscode/webview-ui-toolkit', false],
    ['src/webview/explorer/main.tsx', 'preact/hooks', false],
  ];
  const forbidden: [string, string, boolean][] = [
    ['src/core/decode/a.ts', 'src/protocol/engine', true],
    ['src/core/decode/a.ts', 'node:fs', true],
    ['src/protocol/engine.ts', 'src/client/index', false],
    ['src/engine/main.ts', 'vscode', true],
    ['src/extension/explorer/session.ts', 'vscode', true],
    ['src/client/index.ts', 'onnxruntime-node', true],
    ['src/cli/main.ts', 'src/engine/main', false],
    ['src/extension/extension.ts', 'src/webview/explorer/main', false],
    ['src/webview/explorer/main.tsx', '@vscode/webview-ui-toolkit', false],
    ['src/webview/explorer/main.tsx', 'fs', false],
    ['src/engine/main.ts', 'test/harness/onnx', false],
  ];
  for (const [file, target, typeOnly] of allowed) {
    test(`${file} may import ${typeOnly ? 'types of ' : ''}${target}`, () => {
      assert.equal(whyForbidden(file, target, typeOnly), null);
    });
  }
  for (const [file, target, typeOnly] of forbidden) {
    test(`${file} may not import ${typeOnly ? 'types of ' : ''}${target}`, () => {
      assert.equal(typeof whyForbidden(file, target, typeOnly), 'string');
    });
  }
});
