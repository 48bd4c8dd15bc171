import type { LifeTool } from '../../protocol/lifeEditor';
import type { LifeEditor } from './editor';
import type { Gestures } from './gestures';

const TOOLS: Readonly<Record<string, LifeTool>> = { d: 'draw', e: 'erase', s: 'select', h: 'pan' };

const ARROWS: Readonly<Record<string, readonly [dx: number, dy: number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

/** Cells of a step with Page Up and Page Down. */
const PAGE = 8;

export interface KeyTargets {
  readonly editor: LifeEditor;
  readonly gestures: Gestures;
  readonly onFill: () => void;
  /** Asks for the generation to go to. */
  readonly onGo: () => void;
  readonly onHelp: () => void;
}

/** What is done by a key, as the help lists it. Keys of the board need the focus on it, others work all over the page. */
export function onKey(event: KeyboardEvent, onBoard: boolean, targets: KeyTargets): void {
  if (event.defaultPrevented || event.altKey || inField(event.target)) return;
  const handled =
    event.ctrlKey || event.metaKey ? withControl(event, onBoard, targets) : plain(event, onBoard, targets);
  if (!handled) return;
  event.preventDefault();
}

function withControl(event: KeyboardEvent, onBoard: boolean, { editor }: KeyTargets): boolean {
  const arrow = ARROWS[event.key];
  if (arrow && onBoard) {
    const step = event.shiftKey ? PAGE : 1;
    editor.moveSelection(arrow[0] * step, arrow[1] * step);
    return true;
  }
  if (event.key.toLowerCase() === 'a' && !event.shiftKey) {
    editor.selecting.selectAll();
    return true;
  }
  return false;
}

function plain(event: KeyboardEvent, onBoard: boolean, targets: KeyTargets): boolean {
  const { editor } = targets;
  if (onBoard && boardKey(event, targets)) return true;
  const tool = TOOLS[event.key];
  if (tool) {
    editor.setTool(tool);
    editor.store.speak(`${tool} tool`);
    return true;
  }
  const actions: Readonly<Record<string, () => void>> = {
    '.': () => editor.player.step(),
    ',': () => editor.player.back(),
    '0': () => editor.player.reset(),
    g: () => targets.onGo(),
    '[': () => editor.changeStride(-1),
    ']': () => editor.changeStride(1),
    r: () => editor.turn('rotate'),
    x: () => editor.turn('flip-x'),
    y: () => editor.turn('flip-y'),
    f: () => targets.onFill(),
    Delete: () => editor.clear(),
    Backspace: () => editor.clear(),
    Escape: () => editor.cancel(),
    '+': () => editor.picture.zoom(1),
    '=': () => editor.picture.zoom(1),
    '-': () => editor.picture.zoom(-1),
    '1': () => editor.picture.fit(),
    '?': () => targets.onHelp(),
  };
  const action = actions[event.key];
  action?.();
  return action !== undefined;
}

function boardKey(event: KeyboardEvent, { editor, gestures }: KeyTargets): boolean {
  const arrow = ARROWS[event.key];
  const paged = { PageUp: -PAGE, PageDown: PAGE }[event.key];
  if (arrow) editor.selecting.moveCursor(arrow[0], arrow[1], event.shiftKey);
  else if (paged !== undefined) editor.selecting.moveCursor(0, paged, event.shiftKey);
  else if (event.key === 'Home') editor.selecting.putCursor({ x: 0, y: 0 }, event.shiftKey);
  else if (event.key === 'Enter') editor.act();
  else if (event.key === ' ') gestures.space(true);
  else return false;
  return true;
}

/** Where keys are text, or the browser's own. */
export function inField(target: EventTarget | null): boolean {
  return target instanceof Element && target.closest('input, select, textarea') !== null;
}
