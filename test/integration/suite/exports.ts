import assert from 'node:assert/strict';
import * as fs from 'node:fs/promises';
import * as os from 'node:os';
import * as path from 'node:path';
import * as vscode from 'vscode';
import type { EngineClient } from '../../../src/client/index';
import type { Trace, TraceEvent } from '../../../src/core/trace/record';
import { RunTensors } from '../../../src/extension/explorer/tensors';
import { type ExportForm, formsOf } from '../../../src/extension/runs/export';
import { assembleTrace } from '../../../src/core/trace/assemble';
import type { ModelSummary } from '../../../src/protocol/models';
import { startEngine } from './scored';
import { bundledModel, extension } from './workbench';

describe('a run whose model is gone', () => {
  let client: EngineClient;
  let folder: string;
  let trace: Trace;
  let models: readonly ModelSummary[] = [];

  before(async () => {
    client = startEngine();
    folder = await fs.mkdtemp(path.join(os.tmpdir(), 'vivarium-export-'));
    const events: TraceEvent[] = [];
    await client.call(
      'run',
      {
        runId: 'gone',
        model: { folder: bundledModel('almanac') },
        prompt: { text: 'In the beginning' },
        decoder: 'autoregressive',
        sampling: { temperature: 0, topK: 0, topP: 1, minP: 0, seed: 1 },
        maxNewTokens: 4,
        capture: { attention: 'all', hidden: [], logits: true },
      },
      { onEvent: (event) => event.type === 'trace' && events.push(...event.events) },
    );
    await client.call('closeRun', { runId: 'gone' });
    trace = assembleTrace(events);
  });
  after(async () => {
    client.dispose();
    await client.ended();
    await fs.rm(folder, { recursive: true, force: true });
  });

  const formOf = (ending: string): ExportForm => {
    const catalog = { tryList: () => Promise.resolve({ models }) };
    const tensors = new RunTensors(client, catalog, () => undefined);
    const form = formsOf({ tensors, extensionUri: extension().extensionUri }).find((each) => each.extension === ending);
    assert.ok(form !== undefined && form.of(trace));
    return form;
  };

  it('is exported in every form that the trace alone gives', async () => {
    const written = async (ending: string): Promise<string> => {
      const target = vscode.Uri.file(path.join(folder, `run.${ending}`));
      await formOf(ending).write(trace, target);
      return fs.readFile(target.fsPath, 'utf8');
    };
    for (const ending of ['vivtrace', 'json']) assert.match(await written(ending), /In the beginning/);
    assert.equal((await written('tokens.csv')).trimEnd().split('\n').length, trace.tokens.length + 1);
    assert.match(await written('svg'), /^<svg[^]*<\/svg>\s*$/);
  });

  it('says that its tensors are not to be had, why and what to do, and leaves the file that is there', async () => {
    const target = path.join(folder, 'run.safetensors');
    await fs.writeFile(target, 'of yesterday');
    await assert.rejects(async () => formOf('safetensors').write(trace, vscode.Uri.file(target)), {
      code: 'not-available',
      message: 'The tensors of this run are not held any more, and its model, almanac, is not to be found.',
      action: 'Add the folder of the model, or choose another form.',
    });
    assert.equal(await fs.readFile(target, 'utf8'), 'of yesterday');
    assert.deepEqual(
      (await fs.readdir(folder)).filter((name) => name.endsWith('.tmp')),
      [],
    );
  });

  it('gets its tensors back with the model', async () => {
    const root = vscode.Uri.joinPath(extension().extensionUri, 'models').fsPath;
    models = await client.call('listModels', { roots: [{ path: root, origin: 'bundled' }] });
    const target = path.join(folder, 'run.safetensors');
    await formOf('safetensors').write(trace, vscode.Uri.file(target));
    const bytes = await fs.readFile(target);
    const header = bytes.subarray(8, 8 + Number(bytes.readBigUInt64LE(0))).toString('utf8');
    assert.match(header, /"attention\.0".*"logits"/s);
  });
});
