import {
  accuracyOf,
  allOrders,
  MOST_SEED,
  ORDERS,
  sweep,
  sweepCsv,
  type OrderFigures,
  type SweepState,
} from '../../core/life/sweep';
import { cancelled } from '../../protocol/rpc';
import type { Arguments, Options } from '../arguments';
import { MODEL_HELP, MODEL_OPTIONS } from '../modelChoice';
import { progressTo, table } from '../terminal';
import type { Verb } from '../verb';
import { chooseLife, modelName } from './lifeModel';

const OPTIONS = {
  ...MODEL_OPTIONS,
  model: { type: 'string' },
  boards: { type: 'string' },
  orders: { type: 'string' },
  seed: { type: 'string' },
  csv: { type: 'boolean' },
} as const satisfies Options;

const DEFAULT_BOARDS = 10;
const MOST_BOARDS = 100_000;

/** `vivarium life sweep`: accuracy on random boards by how full they are. */
export const lifeSweep: Verb = {
  name: 'life sweep',
  usage: 'life sweep --model MODEL [--boards N] [--orders 0,0.1,...] [--seed N] [--csv]',
  summary: 'Measures how many random boards and cells a model gets right, by order parameter (how full a board is).',
  help: [
    ...MODEL_HELP,
    `  --boards N          boards at each order parameter, 1 to ${MOST_BOARDS} (${DEFAULT_BOARDS})`,
    '  --orders LIST       order parameters, from 0 to 1 (0 to 1 by tenths)',
    '  --seed N            seed of the boards (0)',
    '  --csv               a table for programs, a row an order parameter',
  ],
  options: OPTIONS,
  prepare: async (args) => {
    if (args.positionals.length > 0) throw args.usage(`What is "${args.positionals.join(' ')}"?`);
    if (args.flag('csv') && args.flag('json')) throw args.usage('--csv and --json cannot be used together.');
    modelName(args);
    const orders = readOrders(args);
    const boards = args.integer('boards', DEFAULT_BOARDS, 1, MOST_BOARDS);
    const seed = args.integer('seed', 0, 0, MOST_SEED);
    return async (session, terminal) => {
      const { model, document } = await chooseLife(session, args, terminal);
      const { signal } = session;
      const { grid } = model;
      const progress = progressTo(terminal, 'board', orders.length * boards);
      let last: SweepState | undefined;
      for await (const state of sweep({ grid, orders, boards, seed, signal }, (board) => model.answer(board))) {
        last = state;
        progress(state.done);
      }
      if (!last || signal.aborted) throw cancelled();
      if (args.flag('csv')) terminal.text(sweepCsv(last.orders));
      else if (args.flag('json')) {
        terminal.json({
          model: document,
          grid: { width: grid.width, height: grid.height, topology: grid.topology, rule: grid.rule },
          orders: last.orders.map(figuresDocument),
          all: figuresDocument(allOrders(last.orders)),
          errors: last.errors.counts.filter(({ wrong }) => wrong > 0),
        });
      } else {
        terminal.line(`${document.name} · ${document.dtype} · ${boards} boards at each order parameter, seed ${seed}`);
        terminal.line();
        for (const line of figuresTable(last.orders)) terminal.line(line);
      }
    };
  },
};

function readOrders(args: Arguments): readonly number[] {
  const text = args.text('orders');
  if (text === undefined) return ORDERS;
  const orders = text
    .split(/[\s,]+/)
    .filter((part) => part !== '')
    .map(Number);
  if (orders.length === 0 || !orders.every((order) => order >= 0 && order <= 1)) {
    throw args.usage(`--orders must be numbers from 0 to 1 separated by commas, not "${text}".`);
  }
  return orders;
}

type Figures = Omit<OrderFigures, 'order' | 'seed'>;

function figuresDocument(figures: Figures): object {
  const accuracy = accuracyOf(figures);
  return { ...figures, boardAccuracy: accuracy.boards, cellAccuracy: accuracy.cells };
}

function figuresTable(orders: readonly OrderFigures[]): string[] {
  const row = (name: string, figures: Figures): string[] => {
    const accuracy = accuracyOf(figures);
    return [
      name,
      `${figures.boards - figures.wrongBoards} of ${figures.boards}`,
      `${(accuracy.boards * 100).toFixed(1)} %`,
      String(figures.wrongCells),
      `${(accuracy.cells * 100).toFixed(3)} %`,
      String(figures.malformed),
    ];
  };
  return table(
    [
      ['order', 'boards right', '', 'cells wrong', 'cells right', 'no board'],
      ...orders.map((figures) => row(String(figures.order), figures)),
      row('all', allOrders(orders)),
    ],
    ['right', 'right', 'right', 'right', 'right', 'right'],
  );
}
