import { allOrders, type OrderFigures } from '../../src/core/life/sweep';
import { quickest } from './drafting';
import { percent } from './markdown';
import { GROUP_LENGTH, type Result } from './measure';

/** What a bundled model has to show, and what it showed. */
export interface Goal {
  readonly goal: string;
  readonly figure: string;
  readonly met: boolean;
}

/** The goals that hold for a model of this task and role. */
export function goalsOf({ life, text, drafting }: Result): Goal[] {
  if (drafting && life) return [accepted(drafting, GROUP_LENGTH, 0.9), faster(drafting)];
  if (drafting) return [accepted(drafting, quickest(drafting.lengths)?.length ?? GROUP_LENGTH, 0.6), faster(drafting)];
  if (life) return lifeGoals(life);
  if (text) {
    const { main, baseline } = text;
    return [
      {
        goal: 'fewer bits per byte than the byte n-gram',
        figure: `${main.bitsPerByte.toFixed(3)} against ${baseline.bitsPerByte.toFixed(3)}`,
        met: main.bitsPerByte < baseline.bitsPerByte,
      },
    ];
  }
  return [];
}

function lifeGoals({ orders }: NonNullable<Result['life']>): Goal[] {
  const { cells, wrongCells } = allOrders(orders);
  const share = ({ boards, wrongBoards }: OrderFigures): number => 1 - wrongBoards / boards;
  const lowest = orders.reduce((found, each) => (share(each) < share(found) ? each : found));
  return [
    {
      goal: '99.99 % of cells',
      figure: percent(cells - wrongCells, cells),
      met: cells - wrongCells >= 0.9999 * cells,
    },
    {
      goal: '99 % of boards at every order parameter',
      figure: `${percent(lowest.boards - lowest.wrongBoards, lowest.boards)} at ${lowest.order.toFixed(1)}`,
      met: lowest.boards - lowest.wrongBoards >= 0.99 * lowest.boards,
    },
  ];
}

function accepted({ lengths }: NonNullable<Result['drafting']>, length: number, least: number): Goal {
  const { drafted = 0, accepted: kept = 0 } = lengths.find((each) => each.length === length) ?? {};
  return {
    goal: `acceptance rate of ${least} at draft length ${length}`,
    figure: percent(kept, drafted),
    met: drafted > 0 && kept >= least * drafted,
  };
}

function faster({ lengths }: NonNullable<Result['drafting']>): Goal {
  const best = quickest(lengths);
  return {
    goal: 'more than 1.2 times as fast with drafts',
    figure: best ? `${best.speedUp.toFixed(2)} at draft length ${best.length}` : 'never faster',
    met: (best?.speedUp ?? 0) > 1.2,
  };
}
