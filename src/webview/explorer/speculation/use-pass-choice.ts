import { useCallback } from 'preact/hooks';
import type { StepRow } from '../../../core/lens/passes';
import { passSentence } from '../../components/draft-rule';
import type { TabProps } from '../tab';

/** What the list of passes does with a row: it is chosen by its first token, shown under the pointer, listed as a table. */
export function usePassChoice(
  { onSelect, onHover, announce, setState }: Pick<TabProps, 'onSelect' | 'onHover' | 'announce' | 'setState'>,
  rows: readonly StepRow[],
) {
  const choose = useCallback(
    (row: StepRow) => {
      onSelect(row.start);
      announce(passSentence(row, rows.length));
    },
    [onSelect, announce, rows],
  );
  const hoverRow = useCallback((row: StepRow | null) => onHover(row ? row.start : null), [onHover]);
  const setTable = useCallback((table: boolean) => setState({ table }), [setState]);
  return { choose, hoverRow, setTable };
}
