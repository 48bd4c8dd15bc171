import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import * as vscode from 'vscode';
import type { Trace } from '../../../src/core/trace/record';
import { serializeTrace } from '../../../src/core/trace/vivtrace';
import { closeAllTabs, eventually, tabs } from './workbench';

/** One token of a prompt, by a model that is nowhere. */
const TRACE: Trace = {
  header: {
    type: 'header',
    version: 1,
    id: '00000000-0000-4000-8000-000000000000',
    createdAt: '2026-01-02T03:04:05.000Z',
    software: { vivarium: '0.1.0', onnxruntime: '1.30.0', node: '20.20.2', platform: 'linux-x64' },
    model: {
      name: 'tiny',
      folder: '/no/such/folder',
      file: 'model.onnx',
      sha256: 'ab'.repeat(32),
      dtype: 'fp32',
      architecture: 'llama',
      task: 'text',
      layers: 2,
      heads: 4,
      vocabularySize: 3,
      contextLength: null,
    },
    tokenizer: 'none',
    promptLength: 1,
    decoder: { name: 'autoregressive', exact: true },
    sampling: { temperature: 0.7, topK: 0, topP: 1, minP: 0, seed: 1 },
    maxNewTokens: 0,
    endIds: [],
    capture: { attention: [0, 1], hidden: [], logits: true },
  },
  tokens: [
    { type: 'token', index: 0, id: 1, text: '1', bytes: [49], special: false, origin: 'prompt', judgement: null },
  ],
  passes: [{ type: 'pass', step: 0, contextLength: 0, fed: 1, milliseconds: 1 }],
};

async function opens(file: string, content: string): Promise<void> {
  await writeFile(file, content);
  await vscode.commands.executeCommand('vscode.open', vscode.Uri.file(file));
  await eventually('the viewer', () =>
    tabs().find(
      ({ input }) =>
        input instanceof vscode.TabInputCustom && input.viewType === 'vivarium.trace' && input.uri.fsPath === file,
    ),
  );
}

describe('saved traces', () => {
  let folder: string;

  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'vivarium-traces-'));
  });
  afterEach(closeAllTabs);
  after(() => rm(folder, { recursive: true }));

  it('open with the viewer', () => opens(path.join(folder, 'whole.vivtrace'), serializeTrace(TRACE)));

  it('open with the viewer when they were cut', () => {
    const text = serializeTrace(TRACE);
    return opens(path.join(folder, 'cut.vivtrace'), text.slice(0, -10));
  });

  it('open with the viewer when they are none', () => opens(path.join(folder, 'none.vivtrace'), 'nothing of the kind'));

  it('open twice, beside each other', async () => {
    const file = path.join(folder, 'twice.vivtrace');
    await opens(file, serializeTrace(TRACE));
    await vscode.commands.executeCommand('workbench.action.splitEditorRight');
    await eventually('the second viewer', () =>
      tabs().filter(({ input }) => input instanceof vscode.TabInputCustom).length === 2 ? true : undefined,
    );
    assert.equal(vscode.window.tabGroups.all.length, 2);
  });
});
