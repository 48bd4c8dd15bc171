import { Slider } from '../../components/slider';
import { Button } from '../../ui/button';

export interface ToolsProps {
  /** Percent. */
  readonly density: number;
  readonly live: boolean;
  readonly canUndo: boolean;
  readonly isEmpty: boolean;
  readonly pasting: boolean;
  readonly onDensity: (density: number) => void;
  readonly onLive: (live: boolean) => void;
  readonly onUndo: () => void;
  readonly onClear: () => void;
  readonly onFill: () => void;
  readonly onPaste: () => void;
}

/** What is done with a whole board. */
export function Tools(props: ToolsProps) {
  const { density, live } = props;
  return (
    <>
      <div class="board-buttons">
        <Button disabled={!props.canUndo} title="Undo (Ctrl+Z on the board)" onClick={props.onUndo}>
          Undo
        </Button>
        <Button disabled={props.isEmpty} title="Every cell dead" onClick={props.onClear}>
          Clear
        </Button>
        <Button expanded={props.pasting} title="RLE, plaintext, or rows of 0 and 1" onClick={props.onPaste}>
          Paste…
        </Button>
        <span class="board-fill">
          <Button title="Each cell alive by chance, at this density" onClick={props.onFill}>
            Random fill
          </Button>
          <Slider
            label="Density of a random fill"
            place={density}
            last={100}
            text={`${density} %`}
            onPlace={props.onDensity}
          />
          <span class="board-density">{density} %</span>
        </span>
      </div>
      <label class="board-live-run">
        <input type="checkbox" checked={live} onChange={(event) => props.onLive(event.currentTarget.checked)} />
        Run again when the board changes
      </label>
    </>
  );
}
