import { useRef } from 'preact/hooks';
import { Popover } from '../components/popover';
import { Segmented } from '../components/segmented';
import { Slider } from '../components/slider';
import { boundedGridName } from '../../core/life/topology';
import type { LifeTool } from '../../protocol/lifeEditor';
import { Button } from '../ui/button';
import { TextField } from '../ui/text-field';
import type { LifeEditor } from './editor';
import { LifeIcon, type LifeIconName } from './icons';
import type { LifeState } from './state';
import '../ui/plain-button.css';

const TOOLS: readonly {
  readonly name: LifeTool;
  readonly title: string;
  readonly key: string;
  readonly hint: string;
}[] = [
  {
    name: 'draw',
    title: 'Draw',
    key: 'D',
    hint: 'Draw: from a dead cell on cells come alive, from a live one they die',
  },
  { name: 'erase', title: 'Erase', key: 'E', hint: 'Erase: cells die' },
  { name: 'select', title: 'Select', key: 'S', hint: 'Select: drag a rectangle; drag it to move what is in it' },
  { name: 'pan', title: 'Pan', key: 'H', hint: 'Pan: drag the board (with every tool: hold Space)' },
];

/** Rules by name, for the list below the field; any other can be typed. */
const RULES: readonly (readonly [rule: string, name: string])[] = [
  ['B3/S23', 'Life'],
  ['B36/S23', 'HighLife'],
  ['B3678/S34678', 'Day & Night'],
  ['B2/S', 'Seeds'],
  ['B3/S012345678', 'Life without Death'],
  ['B3/S12345', 'Maze'],
  ['B368/S245', 'Morley'],
  ['B4678/S35678', 'Anneal'],
  ['B1357/S1357', 'Replicator'],
];

const MOST_SIDE = 8192;

export interface ToolbarProps {
  readonly editor: LifeEditor;
  readonly state: LifeState;
  readonly filling: boolean;
  readonly onFilling: (open: boolean) => void;
}

/** Row of the tools, what they do to the selection, and what the pattern lives by. */
export function Toolbar({ editor, state, filling, onFilling }: ToolbarProps) {
  const what = state.selection ? 'the selection' : 'everything';
  return (
    <header class="life-toolbar">
      <Tools tool={state.tool} onTool={(tool) => editor.setTool(tool)} />
      <i class="rule" />
      <div class="actions" role="group" aria-label="Change the selection, or everything">
        <Action icon="rotate" label={`Rotate ${what} (R)`} onClick={() => editor.turn('rotate')} />
        <Action icon="flip-x" label={`Flip ${what} from side to side (X)`} onClick={() => editor.turn('flip-x')} />
        <Action icon="flip-y" label={`Flip ${what} from top to bottom (Y)`} onClick={() => editor.turn('flip-y')} />
        <span class="fill">
          <Action icon="dice" label="Random fill… (F)" expanded={filling} onClick={() => onFilling(!filling)} />
          {filling && <Fill editor={editor} state={state} onClose={() => onFilling(false)} />}
        </span>
        <Action icon="clear" label={`Clear ${what} (Delete)`} onClick={() => editor.clear()} />
      </div>
      <i class="rule" />
      <div class="actions" role="group" aria-label="History">
        <Action icon="undo" label="Undo" onClick={() => editor.sync.ask('undo')} />
        <Action icon="redo" label="Redo" onClick={() => editor.sync.ask('redo')} />
      </div>
      <span class="life-by">
        <label class="field">
          <span class="muted">Rule</span>
          <TextField
            label="Rule"
            class="rule-field"
            list="rules"
            value={state.board.settings.rule}
            onCommit={(rule) => editor.setRule(rule)}
          />
          <datalist id="rules">
            {RULES.map(([rule, name]) => (
              <option key={rule} value={rule} label={`${name} ${rule}`} />
            ))}
          </datalist>
        </label>
        <Topology editor={editor} state={state} />
      </span>
    </header>
  );
}

export function Action(props: {
  readonly icon: LifeIconName;
  readonly label: string;
  readonly onClick: () => void;
  readonly expanded?: boolean;
  readonly disabled?: boolean;
}) {
  return (
    <Button
      appearance="icon"
      label={props.label}
      disabled={props.disabled ?? false}
      {...(props.expanded === undefined ? {} : { expanded: props.expanded })}
      onClick={props.onClick}
    >
      <LifeIcon name={props.icon} />
    </Button>
  );
}

/** One of four, all in sight: a radio group whose arrows choose. */
function Tools({ tool, onTool }: { readonly tool: LifeTool; readonly onTool: (tool: LifeTool) => void }) {
  const group = useRef<HTMLDivElement>(null);
  const onKeyDown = (event: KeyboardEvent): void => {
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    if (step === undefined) return;
    event.preventDefault();
    const at = TOOLS.findIndex(({ name }) => name === tool);
    const next = TOOLS[(at + step + TOOLS.length) % TOOLS.length];
    if (!next) return;
    onTool(next.name);
    group.current?.querySelector<HTMLElement>(`[data-name="${next.name}"]`)?.focus();
  };
  return (
    <div class="segmented tools" role="radiogroup" aria-label="Tool" ref={group} onKeyDown={onKeyDown}>
      {TOOLS.map(({ name, title, key, hint }) => (
        <button
          key={name}
          type="button"
          role="radio"
          data-name={name}
          aria-checked={name === tool}
          aria-keyshortcuts={key}
          tabIndex={name === tool ? 0 : -1}
          title={`${hint} (${key})`}
          onClick={() => onTool(name)}
        >
          <LifeIcon name={name} />
          <span class="tool-title">{title}</span>
          <kbd aria-hidden="true">{key}</kbd>
        </button>
      ))}
    </div>
  );
}

function Fill({ editor, state, onClose }: { editor: LifeEditor; state: LifeState; onClose: () => void }) {
  const { density, selection, board } = state;
  const percent = Math.round(density * 100);
  const what = selection ? 'The selection' : board.settings.grid ? 'The whole grid' : 'What is on show';
  return (
    <Popover label="Random fill" onClose={onClose} focus="fill-density">
      <form
        class="fill-form"
        onSubmit={(event) => {
          event.preventDefault();
          editor.fill(density);
          onClose();
        }}
      >
        <p>{what} is filled: each cell is alive with this probability, whatever was there before.</p>
        <div class="fill-density">
          <Slider
            label="Density"
            place={percent}
            last={100}
            text={`${percent} percent`}
            onPlace={(place) => editor.store.update({ density: place / 100 })}
          />
          <output class="number">{percent} %</output>
        </div>
        <button type="submit" class="plain-button">
          Fill
        </button>
      </form>
    </Popover>
  );
}

function Topology({ editor, state }: { readonly editor: LifeEditor; readonly state: LifeState }) {
  const { grid } = state.board.settings;
  const kind = !grid ? 'plane' : isPlainTorus(grid) ? 'torus' : 'other';
  const torus = (width: number, height: number): void => editor.setGrid({ kind: 'torus', width, height });
  const commit = (text: string, set: (side: number) => void): void => {
    const side = Number(text);
    if (Number.isSafeInteger(side) && side >= 1 && side <= MOST_SIDE) set(side);
    else {
      const message = `A torus has from 1 to ${MOST_SIDE.toLocaleString('en')} cells a side.`;
      editor.store.say({ kind: 'error', message });
    }
  };
  return (
    <span class="field">
      <span class="muted">Topology</span>
      <Segmented
        label="Topology"
        value={kind}
        options={[
          { name: 'plane', title: 'Plane', hint: 'Without an end' },
          { name: 'torus', title: 'Torus', hint: 'Opposite sides meet' },
          ...(grid && kind === 'other'
            ? [{ name: 'other' as const, title: boundedGridName(grid), hint: 'As the file says' }]
            : []),
        ]}
        onChange={(name) => {
          if (name === 'plane') editor.setGrid(null);
          else if (name === 'torus' && kind !== 'torus') torus(...torusAround(state));
        }}
      />
      <span class="sides">
        <TextField
          label="Width of the torus"
          value={kind === 'torus' ? `${grid?.width}` : '–'}
          disabled={kind !== 'torus'}
          onCommit={(text) => commit(text, (width) => torus(width, grid?.height ?? width))}
        />
        <span class="muted" aria-hidden="true">
          ×
        </span>
        <TextField
          label="Height of the torus"
          value={kind === 'torus' ? `${grid?.height}` : '–'}
          disabled={kind !== 'torus'}
          onCommit={(text) => commit(text, (height) => torus(grid?.width ?? height, height))}
        />
      </span>
    </span>
  );
}

function isPlainTorus({ kind, width, height, shift }: NonNullable<LifeState['board']['settings']['grid']>): boolean {
  return kind === 'torus' && width > 0 && height > 0 && !shift;
}

/** Sides of a torus that holds the pattern with room around it, in eights. */
function torusAround({ board }: LifeState): [width: number, height: number] {
  const { box } = board.cells;
  const side = (length: number): number => Math.min(MOST_SIDE, Math.max(16, 8 * Math.ceil((length + 2) / 8)));
  return [side(box?.width ?? 0), side(box?.height ?? 0)];
}
