import { Definition } from '../../components/definition';

export interface ColumnHeadProps {
  readonly title: string;
  readonly definition: string;
  readonly numeric: boolean;
  readonly sorted: 'ascending' | 'descending' | 'none';
  readonly onSort: () => void;
}

/** The head of a column: its title says what it is on hover and focus, and sorts when pressed. */
export function ColumnHead({ title, definition, numeric, sorted, onSort }: ColumnHeadProps) {
  return (
    <th scope="col" class={numeric ? 'number' : undefined} aria-sort={sorted}>
      <Definition text={definition} onPress={onSort}>
        {title}
        <span class="sort-mark" aria-hidden="true">
          {sorted === 'none' ? '' : sorted === 'ascending' ? '↑' : '↓'}
        </span>
      </Definition>
    </th>
  );
}
