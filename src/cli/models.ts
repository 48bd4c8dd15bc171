import { stat } from 'node:fs/promises';
import path from 'node:path';
import { lineOf } from '../core/text/tokens';
import type { ModelRoot, ModelSummary, ProbeReport } from '../protocol/models';
import { Problem } from '../protocol/errors';
import type { Arguments } from './arguments';
import { serverAccess } from './serverAccess';
import { serverReportLines } from './serverReport';
import { SERVER_OPTIONS, serverRef } from './serverRun';
import { BUNDLED_MODELS } from './session';
import { bytesText, countText, orDash, problemText, table } from './terminal';
import type { Verb } from './verb';

/** `vivarium models`: the models that can be run, and why others cannot. */
export const models: Verb = {
  name: 'models',
  usage: 'models [FOLDER... | --server URL]',
  summary: 'Lists the bundled models and those in the given folders, or those of a server and what it can show.',
  help: [
    '  FOLDER              a model folder, or one that holds model folders',
    '  --server URL        a server instead; its key is read from VIVARIUM_SERVER_KEY. It is asked for a token or two',
    '  --server-model NAME of which of its models it is asked; the first',
  ],
  options: SERVER_OPTIONS,
  prepare: async (args) => {
    const address = args.text('server');
    if (address !== undefined) return listServer(args, address);
    if (args.has('server-model')) throw args.usage('--server-model is for --server.');
    const roots: ModelRoot[] = [{ path: BUNDLED_MODELS, origin: 'bundled' }];
    for (const folder of args.positionals) {
      const info = await stat(folder).catch(() => null);
      if (!info?.isDirectory()) {
        const message = info ? `${folder} is no folder.` : `There is no folder ${folder}.`;
        throw new Problem({ code: 'file', message, action: 'Give the path of a folder that holds models.' });
      }
      roots.push({ path: path.resolve(folder), origin: 'added' });
    }
    return async ({ engine, signal }, terminal) => {
      const found = await engine.call('listModels', { roots }, { signal });
      if (args.flag('json')) terminal.json(found.map(modelDocument));
      else for (const line of modelTable(found)) terminal.line(line);
    };
  },
};

function listServer(args: Arguments, address: string): ReturnType<Verb['prepare']> {
  if (args.positionals.length > 0) throw args.usage('Folders and --server cannot be listed together.');
  const request = { server: serverRef(args, address), access: serverAccess(address) };
  return Promise.resolve(async ({ engine, signal }, terminal) => {
    const report = await engine.call('inspectServer', request, { signal });
    if (args.flag('json')) terminal.json(report);
    else for (const line of serverReportLines(report)) terminal.line(line);
  });
}

/** A model as `--json` gives it; the fields are documented in docs/cli.md. */
export function modelDocument(model: ModelSummary): object {
  const { name, folder, ...rest } = model;
  return { name, path: folder, ...rest };
}

function modelTable(found: readonly ModelSummary[]): string[] {
  if (found.length === 0) return ['No models found.'];
  const rows = found.map((model) => [
    model.name,
    model.kind + (model.role === 'draft' ? ', draft' : ''),
    model.architecture,
    countText(model.parameters),
    model.layers === null ? '–' : `${model.layers} x ${model.heads ?? '–'}`,
    orDash(model.contextLength),
    [...new Set(model.variants.map((variant) => variant.dtype))].join(' '),
    bytesText(model.bytes),
    probed(model.probes),
    model.folder,
  ]);
  const header = ['name', 'kind', 'architecture', 'params', 'LxH', 'context', 'dtypes', 'size', 'probes', 'path'];
  const lines = table(
    [header, ...rows],
    ['left', 'left', 'left', 'right', 'right', 'right', 'left', 'right', 'left', 'left'],
  );
  const problems = found.flatMap((model) =>
    model.problem ? [lineOf(`${model.name}: ${problemText(model.problem)}`)] : [],
  );
  return problems.length > 0 ? [...lines, '', ...problems] : lines;
}

/** `attention hidden logits`, as far as they can be read. */
function probed(probes: ProbeReport): string {
  const names = (['attention', 'hidden', 'logits'] as const).filter((name) => probes[name].available);
  return names.length > 0 ? names.join(' ') : 'none';
}
