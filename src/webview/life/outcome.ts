import type { Carried, Turn } from '../../core/life/edit/transform';
import { counted } from '../components/format';
import type { Said } from './state';

/** What a turn did, for a sentence. */
export const TURNED: Record<Turn, string> = {
  rotate: 'rotated by a quarter turn',
  'flip-x': 'flipped from side to side',
  'flip-y': 'flipped from top to bottom',
};

/** What is said where a board of more than two states is to be changed. */
export const NOT_EDITED: Said = {
  kind: 'info',
  message: 'Patterns of more than two states are shown and stepped here, and not edited.',
  action: 'Open the file as text to change it.',
};

/** What is said of live cells that met others, after what was done. */
export function becameOf({ covered }: Carried): string {
  return covered === 0 ? '' : ` ${counted(covered, 'cell')} came to lie on others that live.`;
}

/** What is said where cells lay beyond the edge of the grid. */
export function lostOf({ lost }: Carried, name: string): Said {
  return {
    kind: 'info',
    message: `${counted(lost, 'live cell')} of ${name} lay outside the grid and ${lost === 1 ? 'was' : 'were'} left out.`,
    action: 'Undo takes it back.',
  };
}
