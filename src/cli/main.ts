import { readFileSync } from 'node:fs';
import { CoreError } from '../core/errors';
import { Problem } from '../protocol/errors';
import { Arguments, type Options } from './arguments';
import { compare } from './compare';
import { decoders } from './decoders';
import { inspect } from './inspect';
import { layers } from './layers';
import { lifeInfo } from './life/info';
import { lifePredict } from './life/predict';
import { lifeStep } from './life/step';
import { lifeSweep } from './life/sweep';
import { models } from './models';
import { run } from './run';
import { PACKAGE_JSON, withSession } from './session';
import { endWhenUnread, problemText, terminal } from './terminal';
import { tokenize } from './tokenize';
import type { Verb } from './verb';

const VERBS: readonly Verb[] = [
  ...[models, inspect, tokenize, run, layers, decoders, compare],
  ...[lifeInfo, lifeStep, lifePredict, lifeSweep],
];

const COMMON_OPTIONS = {
  json: { type: 'boolean' },
  verbose: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const satisfies Options;

const COMMON_HELP = [
  '  --json              one JSON document instead of text; its fields are in docs/cli.md',
  '  --verbose           what the engine logs, on standard error',
  '  -h, --help          this text',
];

async function main(argv: readonly string[]): Promise<void> {
  const [name] = argv;
  if (name === undefined || name === '--help' || name === '-h' || name === 'help') {
    const named = verbOf(argv.slice(1));
    for (const line of named ? helpOf(named.verb) : overview(argv[1])) terminal.line(line);
    return;
  }
  if (name === '--version') {
    terminal.line((JSON.parse(readFileSync(PACKAGE_JSON, 'utf8')) as { version: string }).version);
    return;
  }
  const named = verbOf(argv);
  if (!named) {
    const group = VERBS.filter((candidate) => candidate.name.startsWith(`${name} `));
    if (group.length > 0 && (argv[1] === undefined || argv[1] === '--help' || argv[1] === '-h')) {
      for (const line of overview(name)) terminal.line(line);
      return;
    }
    const near = group.length > 0 ? group : VERBS;
    throw new Problem({
      code: 'bad-request',
      message: `There is no command "${group.length > 0 ? `${name} ${argv[1]}` : name}".`,
      action: `Use one of ${near.map((candidate) => candidate.name).join(', ')}, or see "vivarium --help".`,
    });
  }
  const { verb, rest } = named;
  const args = Arguments.parse(verb.name, rest, { ...COMMON_OPTIONS, ...verb.options });
  if (args.flag('help')) {
    for (const line of helpOf(verb)) terminal.line(line);
    return;
  }
  const work = await verb.prepare(args);
  await withSession(args.flag('verbose'), (session) => work(session, terminal));
}

/** The verb that the arguments begin with, of one word or of two, and what follows it. */
function verbOf(argv: readonly string[]): { readonly verb: Verb; readonly rest: readonly string[] } | undefined {
  for (const words of [2, 1]) {
    const name = argv.slice(0, words).join(' ');
    const verb = VERBS.find((candidate) => candidate.name === name);
    if (verb) return { verb, rest: argv.slice(words) };
  }
  return undefined;
}

/** @param group the first word of verbs of two; all verbs where it is none. */
function overview(group = ''): string[] {
  const verbs = VERBS.filter((candidate) => candidate.name.startsWith(`${group} `));
  return [
    'Vivarium: see inside small transformers.',
    '',
    ...(verbs.length > 0 ? verbs : VERBS).map((verb) => `  vivarium ${verb.usage}\n      ${verb.summary}`),
    '',
    'Each with --json and --help.',
  ];
}

function helpOf(verb: Verb): string[] {
  return [`Usage: vivarium ${verb.usage}`, '', verb.summary, '', ...verb.help, ...COMMON_HELP];
}

endWhenUnread();

try {
  await main(process.argv.slice(2));
} catch (error) {
  const problem =
    error instanceof CoreError ? new Problem({ code: 'bad-request', message: error.message }) : Problem.from(error);
  if (problem.code === 'cancelled') {
    process.exitCode = 130;
  } else {
    terminal.log(problemText(problem.toData()));
    if (problem.details !== undefined && process.argv.includes('--verbose')) terminal.log(problem.details);
    process.exitCode = 1;
  }
}
