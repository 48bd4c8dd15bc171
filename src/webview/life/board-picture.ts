import type { Box } from '../../core/life/cells';
import type { ThemeInfo } from '../components/theme';
import type { LifeState } from './state';
import type { View } from './view';

/** Everything that one frame of the board is drawn from. */
export interface BoardPicture {
  readonly state: LifeState;
  readonly view: View;
  readonly theme: ThemeInfo;
  readonly focused: boolean;
  /** The smallest rectangle around what lives. */
  readonly bounds: Box | null;
  /** Live cells of the selection. */
  readonly alive: number;
}
