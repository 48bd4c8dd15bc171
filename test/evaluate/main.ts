import * as fs from 'node:fs';
import * as path from 'node:path';
import { parseArgs } from 'node:util';
import { Problem } from '../../src/protocol/errors';
import { writeMeasured } from './card';
import { goalsOf } from './goals';
import { readHeldOut } from './heldOut';
import { measure, SIZES, type Result } from './measure';
import { chooseModels } from './models';
import { Progress } from './progress';
import { report } from './report';
import { root, startEngine } from './subject';

const HELP = `npm run evaluate [-- options]: what the cards of the models say, measured through the engine.

  --model MODEL  a model folder, or the name of one in models/ (all of these)
  --boards N     random boards at each order parameter (${SIZES.boards})
  --write        put the figures into the card of each model, instead of printing them
  --json FILE    write all figures as JSON
`;

interface Options {
  readonly model: string | undefined;
  readonly boards: number;
  readonly write: boolean;
  readonly json: string | undefined;
}

/** @throws Problem `bad-request`. */
function readOptions(): Options | 'help' {
  const refuse = (message: string): Problem =>
    new Problem({ code: 'bad-request', message, action: 'See npm run evaluate -- --help.' });
  let values;
  try {
    ({ values } = parseArgs({
      options: {
        model: { type: 'string' },
        boards: { type: 'string', default: String(SIZES.boards) },
        write: { type: 'boolean', default: false },
        json: { type: 'string' },
        help: { type: 'boolean', default: false },
      },
    }));
  } catch (error) {
    throw refuse((error as Error).message);
  }
  if (values.help) return 'help';
  const boards = Number(values.boards);
  if (!/^\d+$/.test(values.boards) || boards < 1 || boards > 1e6) {
    throw refuse(`--boards takes a whole number from 1 to 1000000, not "${values.boards}".`);
  }
  return { model: values.model, boards, write: values.write, json: values.json };
}

/** The command that makes the figures of one model again. */
function commandFor(folder: string, boards: number): string {
  const model = path.relative(root, folder).split(path.sep).join('/');
  const sizes = boards === SIZES.boards ? '' : ` --boards ${boards}`;
  return `npm run evaluate -- --model ${model}${sizes} --write`;
}

async function run({ model: asked, boards, write, json }: Options): Promise<void> {
  const heldOut = readHeldOut();
  const engine = startEngine();
  const results: Result[] = [];
  try {
    for (const { model, target } of await chooseModels(engine, asked)) {
      const progress = new Progress(model.name);
      const result = await measure(engine, model, target, heldOut, { ...SIZES, boards }, progress);
      results.push(result);
      const markdown = report(result, commandFor(model.folder, boards));
      if (write) writeMeasured(model.folder, markdown);
      else process.stdout.write(`# ${model.name}\n\n${markdown}\n\n`);
      for (const { goal, figure, met } of goalsOf(result)) {
        progress.say(`goal ${met ? 'met' : 'MISSED'}: ${goal}: ${figure}`);
      }
      // After each model, so that an end before the last loses nothing.
      if (json !== undefined) fs.writeFileSync(json, `${JSON.stringify(results, null, 2)}\n`);
    }
  } finally {
    engine.dispose();
    await engine.ended();
  }
}

try {
  const options = readOptions();
  if (options === 'help') process.stdout.write(HELP);
  else await run(options);
} catch (error) {
  const { message, action, code, details } = Problem.from(error);
  process.stderr.write(`${[message, action].filter(Boolean).join(' ')}\n`);
  if (code === 'internal' && details) process.stderr.write(`${details}\n`);
  process.exitCode = 1;
}
