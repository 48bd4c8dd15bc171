import { randomUUID } from 'node:crypto';
import { compareDecoders } from '../core/compare/compare';
import {
  MOST_ROUNDS,
  MOST_ROWS,
  type ComparedDecoder,
  type Comparison,
  type ComparisonRow,
} from '../core/compare/comparison';
import { comparisonCsv, comparisonDocument } from '../core/compare/document';
import { repeated, rowLabels } from '../core/compare/labels';
import { allOptions } from '../core/decode/options';
import { MEASURED_CAPTURE, measuredRun, rowProblem } from '../protocol/compare';
import { lineOf } from '../core/text/tokens';
import type { RunRequest } from '../protocol/runs';
import { Problem } from '../protocol/errors';
import { cancelled } from '../protocol/rpc';
import type { Options } from './arguments';
import { DECODER_HELP, DECODER_OPTIONS, decoderEntry, optionsOf, refuseUnused } from './decoderChoice';
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
  usage: 'compare --model MODEL (--prompt TEXT | --ids 1,2,3) --decoders a,b,c:OPTION=VALUE [--draft MODEL] [options]',
  summary: 'Runs one prompt under several decoders: passes, time, acceptance, and whether they say the same.',
  help: [
    ...MODEL_HELP,
    '  --decoders a,b,c    which decoders; the others are compared with the first. One may be named several times, each with',
    '                      options of its own: autoregressive,speculative:gamma=2,speculative:gamma=6:schedule=heuristic',
    `  --rounds N          runs of each that count, 1 to ${MOST_ROUNDS} (1): shown is the one with the median time`,
    '  --csv               a table for programs, a row a decoder',
    ...PROMPT_HELP,
    ...DECODER_HELP,
    '  An option is given to every decoder that has it and does not name its own, the draft model to those that need one.',
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
    if (names.length > MOST_ROWS) throw args.usage(`--decoders takes at most ${MOST_ROWS}, not ${names.length}.`);
    const chosen = names.map((each) => decoderEntry(args, each));
    refuseUnused(
      chosen.map(({ decoder }) => decoder),
      args,
    );
    const decoders = chosen.map(({ decoder, options: own }): Chosen => {
      const options = allOptions(decoder.options, { ...optionsOf(decoder, args), ...own });
      return { decoder: decoder.name, exact: decoder.exact, options, needsDraft: decoder.needs.includes('draft') };
    });
    const twice = repeated(decoders);
    if (twice) {
      const alike = Object.keys(twice.options).length > 0 ? ' with the same options' : '';
      throw args.usage(`The decoder ${twice.decoder} is named twice${alike}.`);
    }
    const labels = rowLabels(decoders);
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
            if (round === 0) terminal.status(labels[decoders.indexOf(each)] ?? each.decoder);
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
  const labels = rowLabels(rows);
  const head = ['decoder', '', 'passes', 'tokens', 'seconds', 'speed', 'accepted', 'length', 'output'];
  const { model, sampling } = setup;
  return [
    [
      lineOf(model.name),
      model.dtype,
      samplingText(sampling),
      ...(rounds > 1 ? [`median of ${rounds} rounds`] : []),
    ].join(' · '),
    '',
    ...table(
      [head, ...rows.map((row, place) => tableRow(row, labels[place] ?? row.decoder, place === first))],
      ['left', 'left', 'right', 'right', 'right', 'right', 'right', 'right', 'left'],
    ),
  ];
}

function tableRow({ exact, result, problem }: ComparisonRow, label: string, isFirst: boolean): string[] {
  const named = [label, exact ? 'exact' : 'lossy'];
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
