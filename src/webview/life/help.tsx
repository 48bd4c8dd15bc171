import { Popover } from '../components/popover';

const KEYS: readonly (readonly [keys: string, does: string])[] = [
  ['D E S H', 'draw, erase, select, pan'],
  ['Arrows', 'move the cursor over the board (Page Up, Page Down: by 8; Home: to 0, 0)'],
  ['Shift + arrows', 'select from the cursor on'],
  ['Ctrl or Cmd + arrows', 'move the selection (with Shift: by 8)'],
  [
    'Enter',
    'the tool at the cursor: draw changes the cell, erase clears it, select takes it, pan centres it; places a pattern',
  ],
  ['Space', 'play, pause, or stop on the way to a generation; held, drag the board'],
  ['.  ,  0', 'one step on, one generation back, back to the file’s'],
  ['[  ]  G', 'half or twice the generations of a step; go to a generation'],
  ['R X Y', 'rotate, flip from side to side, flip from top to bottom: the selection, or everything'],
  ['F', 'random fill'],
  ['Delete', 'clear the selection, or everything'],
  ['Ctrl or Cmd + A C X V', 'select all, copy, cut, paste (as RLE text)'],
  ['Ctrl or Cmd + Z Y S', 'undo, redo, save: the editor’s own'],
  ['+  -  1', 'larger cells, smaller cells, everything; the wheel zooms too'],
  ['Escape', 'puts away what is being placed or drawn, then the selection'],
  ['?', 'these keys'],
];

/** Every key of the editor. */
export function Help({ onClose }: { readonly onClose: () => void }) {
  return (
    <div class="help">
      <Popover label="Keys of the Life editor" onClose={onClose} focus="help-close">
        <h2>Keys</h2>
        <dl tabIndex={0} class="help-keys">
          {KEYS.map(([keys, does]) => (
            <div key={keys}>
              <dt>{keys}</dt>
              <dd>{does}</dd>
            </div>
          ))}
        </dl>
        <p class="muted">Arrows, Enter and Space need the focus on the board; the others work all over the page.</p>
      </Popover>
    </div>
  );
}
