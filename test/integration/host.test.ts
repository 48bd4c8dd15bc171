import assert from 'node:assert/strict';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';
import { build } from 'esbuild';
import { root } from '../../scripts/lib/run.mjs';
import { VsCodeUnderTest } from '../harness/vscode';
import { RESULTS_VARIABLE, type Result } from './results';

const folder = path.join(root, '.cache/integration');
const entry = path.join(folder, 'index.cjs');
const resultsFile = path.join(folder, 'results.jsonl');

/** One bundle of every file in `suite/`, so that none can be forgotten. */
async function bundleSuites(): Promise<void> {
  const suites = readdirSync(path.join(root, 'test/integration/suite')).filter((file) => file.endsWith('.ts'));
  const loads = suites.map((file) => `require(${JSON.stringify(`./suite/${file}`)});`).join(' ');
  await build({
    stdin: {
      contents: `import { runSuites } from './mocha';\nexport const run = () => runSuites(() => { ${loads} });`,
      resolveDir: path.join(root, 'test/integration'),
    },
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    external: ['vscode', 'mocha'],
    sourcemap: 'inline',
    outfile: entry,
  });
}

/** Runs the bundle in VS Code's extension host and gives the exit code that VS Code reports. */
async function runInHost(vscode: VsCodeUnderTest): Promise<{ code: number; log: string }> {
  const { page, server } = vscode;
  let log = '';
  const code = new Promise<number>((resolve) => {
    void page.exposeFunction('codeAutomationExit', resolve);
    page.on('crash', () => resolve(-1));
  });
  await page.exposeFunction('codeAutomationLog', (_type: string, args: unknown[]) => {
    log += `${args.map(String).join(' ')}\n`;
  });
  await page.goto(
    server.url(vscode.workspace, [
      ['extensionDevelopmentPath', server.remoteUri(root)],
      ['extensionTestsPath', server.remoteUri(entry)],
    ]),
  );
  return { code: await code, log };
}

test('the extension inside the extension host of VS Code', async (t) => {
  await mkdir(folder, { recursive: true });
  await rm(resultsFile, { force: true });
  await bundleSuites();
  const vscode = await VsCodeUnderTest.start({
    extension: null,
    workspaceFrom: path.join(root, 'samples'),
    testDriver: true,
    env: { [RESULTS_VARIABLE]: resultsFile },
  });
  t.after(() => vscode.stop());
  const { code, log } = await runInHost(vscode);

  const lines = existsSync(resultsFile) ? readFileSync(resultsFile, 'utf8').trim().split('\n') : [];
  const results = lines.filter((line) => line !== '').map((line) => JSON.parse(line) as Result);
  for (const { title, skipped, failure } of results) {
    await t.test(title, { skip: skipped }, () => {
      if (failure !== null) assert.fail(failure);
    });
  }
  assert.ok(results.length > 0, `no test ran (exit code ${code}). The extension host said:\n${log}\n${server(vscode)}`);
  if (results.every(({ failure }) => failure === null)) assert.equal(code, 0, log);
});

function server(vscode: VsCodeUnderTest): string {
  return vscode.server.log.slice(-4000);
}
