import { lineOf } from '../core/text/tokens';
import type { ModelReport, TensorInfo } from '../protocol/models';
import { chooseModel, MODEL_HELP, MODEL_OPTIONS } from './modelChoice';
import { modelDocument } from './models';
import { bytesText, countText, orDash, problemText, table } from './terminal';
import type { Verb } from './verb';

/** `vivarium inspect`: what an ONNX file is made of, and what can be looked at in it. */
export const inspect: Verb = {
  name: 'inspect',
  usage: 'inspect MODEL [--dtype TYPE | --file PATH]',
  summary: 'Describes a model: its graph, its inputs and outputs, what can be probed and why not.',
  help: MODEL_HELP,
  options: MODEL_OPTIONS,
  prepare: (args) => {
    const [name, ...more] = args.positionals;
    if (name === undefined) throw args.usage('Which model?');
    if (more.length > 0) throw args.usage(`One model at a time: what is "${more.join(' ')}"?`);
    return Promise.resolve(async (session, terminal) => {
      const model = await chooseModel(session, name, args);
      const report = await session.engine.call('inspectModel', { model }, { signal: session.signal });
      if (args.flag('json')) {
        const { summary, ...rest } = report;
        terminal.json({ ...modelDocument(summary), ...rest });
      } else {
        for (const line of describe(report)) terminal.line(line);
      }
    });
  },
};

function describe(report: ModelReport): string[] {
  const { summary, estimate } = report;
  const shape = `${orDash(summary.layers)} layers x ${orDash(summary.heads)} heads`;
  const facts: [string, string][] = [
    ['kind', summary.kind + (summary.role === 'draft' ? ', draft' : '')],
    ['architecture', summary.architecture],
    ['file', `${report.file} (${summary.dtype}, ${bytesText(summary.bytes)})`],
    ['sha256', report.sha256],
    ['producer', report.producer],
    ['opsets', report.opsets.map(({ domain, version }) => `${domain || 'ai.onnx'} ${version}`).join(', ')],
    ['parameters', countText(summary.parameters)],
    ['shape', `${shape}, vocabulary ${orDash(summary.vocabularySize)}, context ${orDash(summary.contextLength)}`],
    ['tokenizer', summary.tokenizer],
    ['cache', report.cache],
    ['memory', `${bytesText(estimate.total)} of ${bytesText(estimate.available)} free`],
  ];
  const probes = (['attention', 'hidden', 'logits'] as const).map((name) => {
    const { available, how } = summary.probes[name];
    return [`  ${name}`, available ? 'yes' : 'no', how];
  });
  return [
    lineOf(summary.name),
    ...table(
      facts.map(([name, value]) => [`  ${name}`, value]),
      ['left', 'left'],
    ),
    '',
    'Probes',
    ...table(probes, ['left', 'left', 'left']),
    '',
    'Inputs',
    ...tensors(report.inputs),
    '',
    'Outputs',
    ...tensors(report.outputs),
    '',
    'Operators',
    ...table(
      report.operators.map(({ name, count }) => [`  ${count}`, name]),
      ['right', 'left'],
    ),
    ...(summary.problem ? ['', problemText(summary.problem)] : []),
    ...(estimate.advice === undefined ? [] : ['', estimate.advice]),
    ...(report.notes.length > 0 ? ['', ...report.notes.map(lineOf)] : []),
  ];
}

function tensors(list: readonly TensorInfo[]): string[] {
  return table(
    list.map(({ name, type, shape }) => [`  ${name}`, `${type} [${shape.join(', ')}]`]),
    ['left', 'left'],
  );
}
