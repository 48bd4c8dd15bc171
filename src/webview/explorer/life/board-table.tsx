import { probability, bits } from '../../components/format';
import { CellTable } from './cell-table';
import type { LifeFrame } from './frame';
import type { Shows } from './state';
import type { LifeRun } from './use-life';
import { errorWords, stateWord } from './words';

export interface BoardTableProps {
  readonly run: LifeRun;
  readonly frame: LifeFrame;
  readonly shows: Shows;
  readonly cell: number;
  readonly onCell: (cell: number) => void;
}

const CAPTIONS: Readonly<Record<Shows, string>> = {
  state: 'What the model says of each cell',
  alive: 'Probability that each cell is alive',
  entropy: 'Entropy of each cell, in bits',
};

/** The model's board as a table. */
export function BoardTable({ run, frame, shows, cell, onCell }: BoardTableProps) {
  const text = (at: number): string => {
    const error = frame.errors[at];
    const value =
      shows === 'state'
        ? stateWord(frame.predicted[at])
        : shows === 'alive'
          ? probability(run.prediction.alive[at])
          : bits(run.prediction.entropy[at]);
    return error ? `${value}, ${errorWords(error)}` : value;
  };
  return (
    <CellTable
      size={run.sequence.grid}
      name={CAPTIONS[shows]}
      caption={`${CAPTIONS[shows]}, generation ${frame.generation}`}
      text={text}
      isWrong={(at) => Boolean(frame.errors[at])}
      cell={cell}
      onCell={onCell}
    />
  );
}
