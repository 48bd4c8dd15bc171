import { randomUUID } from 'node:crypto';
import { compareDecoders } from '../core/compare/compare';
import { MOST_ROUNDS, type ComparedDecoder, type Comparison, type ComparisonRow } from '../core/compare/comparison';
import { comparisonCsv, comparisonDocument } from '../core/compare/document';
import { MEASURED_CAPTURE, measuredRun, rowProblem } from '../protocol/compare';
import type { RunRequest } from '../protocol/runs';
import { Problem } from '../protocol/errors';
import { cancelled } from '../protocol/rpc';
import type { Options } from './arguments';
import { DECODER_HELP, DECODER_OPTIONS, decoderNamed, optionsOf, refuseUnused } from './decoderChoice';
import { chooseDraft, chooseModel, MODEL_HELP, MODEL_OPTIONS } from './modelChoice';
import { PROMPT_HELP, PROMPT_OPTIONS, readPrompt } from './prompt';
import { samplingText } from './runReport';
import { problemText, table } from './terminal';
import type { Verb } from './verb';

const OPTIONS = {
  ...MODEL_OPTIONS,
  ...PROMPT_OPTIONS,
  ...DECODER_OPTIONS,
  decoders: { type: 'string' },
  rounds: { type: 'string' },
  csv: { type: 'boolean' },
} satisfies Options;

/** `vivarium compare`: one prompt, one seed, several decoders. */
export const compare: Verb = {
  name: 'compare',
  usage: 'compare --model MODEL (--prompt TEXT | --ids 1,2,3) --decoders a,b,c [--draft MODEL] [options]',
  summary: 'Runs one prompt under several decoders: passes, time, acceptance, and whether they say the same.',
  help: [
    ...MODEL_HELP,
    '  --decoders a,b,c    which decoders; the others are compared with the first',
    `  --rounds N          runs of each that count, 1 to ${MOST_ROUNDS} (1): shown is the one with the median time`,
    '  --csv               a table for programs, a row a decoder',
    ...PROMPT_HELP,
    ...DECODER_HELP,
    '  An option is given to every decoder that has it, the draft model to those that need one.',
  ],
  options: OPTIONS,
  prepare: async (args) => {
    if (args.positionals.length > 0) throw args.usage(`What is "${args.positionals.join(' ')}"?`);
    if (args.flag('csv') && args.flag('json')) throw args.usage('--csv and --json cannot be used together.');
    const { model: name, ...prompt } = readPrompt(args);
    const rounds = args.integer('rounds', 1, 1, MOST_ROUNDS);
    const names = (args.text('decoders') ?? '').split(/[\s,]+/).filter((each) => each !== '');
    if (names.length === 0)
      throw args.usage('Which decoders? Give --decoders, for example autoregressive,prompt-lookup.');
    const twice = names.find((each, i) => names.indexOf(each) !== i);
    if (twice !== undefined) throw args.usage(`The decoder ${twice} is named twice.`);
    const chosen = names.map((each) => decoderNamed(args, each));
    refuseUnused(chosen, args);
    const decoders = chosen.map((decoder) => {
      const needsDraft = decoder.needs.includes('draft');
      return { decoder: decoder.name, exact: decoder.exact, options: optionsOf(decoder, args), needsDraft };
    });
    return async ({ engine, signal }, terminal) => {
      const model = await chooseModel({ engine, signal }, name, args);
      const draft = await chooseDraft(args);
      const requestOf = ({ decoder, options, needsDraft }: Chosen): RunRequest => ({
        ...prompt,
        model,
        decoder,
        decoderOptions: options,
        ...(draft && needsDraft ? { draft } : {}),
        capture: MEASURED_CAPTURE,
        runId: randomUUID(),
      });
      const problems: Problem[] = [];
      const states = compareDecoders(
        {
          ...{ id: randomUUID(), createdAt: new Date().toISOString() },
          ...{ decoders, rounds, maxNewTokens: prompt.maxNewTokens, signal },
        },
        {
          run: (each, { maxNewTokens, round }, onEvents) => {
            if (round === 0) terminal.status(each.decoder);
            return measuredRun(engine, { ...requestOf(each), maxNewTokens }, { signal, onEvents });
          },
          problemOf: (error) => {
            problems.push(Problem.from(error));
            return rowProblem(error);
          },
        },
      );
      let comparison: Comparison | undefined;
      for await (const state of states) comparison = state.comparison;
      if (!comparison || comparison.state === 'stopped') throw cancelled();
      const [problem] = problems;
      if (comparison.first === null && problem) throw problem;
      if (args.flag('json')) terminal.json(comparisonDocument(comparison));
      else if (args.flag('csv')) terminal.text(comparisonCsv(comparison));
      else for (const line of comparisonTable(comparison)) terminal.line(line);
    };
  },
};

interface Chosen extends ComparedDecoder {
  readonly needsDraft: boolean;
}

function comparisonTable({ setup, rows, rounds, first }: Comparison): string[] {
  if (!setup) return [];
  const head = ['decoder', '', 'passes', 'tokens', 'seconds', 'speed', 'accepted', 'length', 'output'];
  const { model, sampling } = setup;
  return [
    [model.name, model.dtype, samplingText(sampling), ...(rounds > 1 ? [`median of ${rounds} rounds`] : [])].join(
      ' · ',
    ),
    '',
    ...table(
      [head, ...rows.map((row, place) => tableRow(row, place === first))],
      ['left', 'left', 'right', 'right', 'right', 'right', 'right', 'right', 'left'],
    ),
  ];
}

function tableRow({ decoder, exact, result, problem }: ComparisonRow, isFirst: boolean): string[] {
  const named = [decoder, exact ? 'exact' : 'lossy'];
  if (!result) return [...named, ...new Array<string>(6).fill('–'), problem ? problemText(problem) : ''];
  const { acceptanceRate, meanAcceptanceLength } = result.speculation ?? {};
  const { difference } = result;
  return [
    ...named,
    String(result.passes),
    String(result.generatedTokens),
    result.seconds.toFixed(3),
    result.speedUp === null ? '–' : `${result.speedUp.toFixed(2)}x`,
    acceptanceRate == null ? '–' : `${(acceptanceRate * 100).toFixed(1)} %`,
    meanAcceptanceLength == null ? '–' : meanAcceptanceLength.toFixed(2),
    problem
      ? problemText(problem)
      : isFirst
        ? 'the first'
        : difference === null
          ? 'identical'
          : `differs from token ${difference.index} on`,
  ];
}
