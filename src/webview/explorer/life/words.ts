import type { JudgedCell } from '../../../core/life/prediction';
import { NO_CELL } from '../../../core/life/prediction';

/** `alive`, `dead`, or that nothing came. */
export function stateWord(cell: number | undefined): string {
  return cell === 1 ? 'alive' : cell === undefined || cell === NO_CELL ? 'not predicted' : 'dead';
}

export function errorWords({ error, own }: JudgedCell): string {
  return `${own ? 'own' : 'inherited'} ${error === 'false-birth' ? 'false birth' : 'false death'}`;
}

/** Where a cell stands, as the rulers count. */
export function placeWords(cell: number, width: number): string {
  return `row ${Math.floor(cell / width)}, column ${cell % width}`;
}
