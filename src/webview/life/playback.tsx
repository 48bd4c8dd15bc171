import { count } from '../components/format';
import { Slider } from '../components/slider';
import { backgroundNote } from './describe';
import type { LifeEditor } from './editor';
import { Dropdown } from '../ui/dropdown';
import { TextField } from '../ui/text-field';
import { AS_FAST, SPEEDS, STRIDES, type LifeState } from './state';
import { Action } from './toolbar';
import { ZOOMS, zoomLabel } from './view';

/** Row of the generations: where the board stands, forth and back, and how near it is looked at. */
export function Playback({ editor, state }: { readonly editor: LifeEditor; readonly state: LifeState }) {
  const { player } = editor;
  const { playing, going, speed, pace, stride, generation, universe, changes, board, cursor, hover, view, whyStill } =
    state;
  const start = board.settings.generation;
  const at = hover ?? cursor;
  const still = whyStill !== null;
  const background = backgroundNote(universe);
  return (
    <div class="playback">
      <div class="actions" role="group" aria-label="Generations">
        <Action
          icon="first"
          label={`Back to generation ${count(start)}, the file's (0)`}
          disabled={generation === start}
          onClick={() => player.reset()}
        />
        <Action
          icon="back"
          label="One generation back (,)"
          disabled={generation === start}
          onClick={() => player.back()}
        />
        <Action
          icon={playing || going ? 'pause' : 'play'}
          label={going ? 'Stop (Space)' : playing ? 'Pause (Space)' : 'Play (Space)'}
          disabled={still}
          onClick={() => player.toggle()}
        />
        <Action
          icon="step"
          label={stride === 1 ? 'One generation on (.)' : `${count(stride)} generations on (.)`}
          disabled={still}
          onClick={() => player.step()}
        />
      </div>
      <label class="field stride">
        <span class="muted">Step</span>
        <Dropdown
          label="Generations of a step"
          value={String(stride)}
          options={STRIDES.map((each) => ({ value: String(each), text: count(each) }))}
          onChange={(value) => editor.store.update({ stride: Number(value) })}
        />
      </label>
      <span class="speed">
        <span class="muted">Speed</span>
        <Slider
          label="Speed"
          place={SPEEDS.indexOf(speed as (typeof SPEEDS)[number])}
          last={SPEEDS.length - 1}
          text={speed === AS_FAST ? 'as fast as it goes' : `${speed} generations a second`}
          onPlace={(place) => editor.store.update({ speed: SPEEDS[place] ?? speed })}
        />
        <span class="number" title="Generations a second; at the right end as many as this machine makes">
          {paceText(going ? AS_FAST : speed, pace)}
        </span>
      </span>
      {going ? (
        <progress
          class="going"
          aria-label={`Going to generation ${count(going.to)}`}
          max={going.to - going.from}
          value={generation - going.from}
        />
      ) : (
        <TextField
          label="Go to generation"
          class="go-to-field"
          placeholder="Go to (G)"
          value=""
          onCommit={(text) => editor.goTo(text)}
        />
      )}
      <dl class="facts">
        <Fact name="Generation" value={count(generation)} title="Generation of the board on show" large />
        <Fact name="Population" value={count(universe.population)} title="Live cells of the board on show" large />
        {going ? (
          <Fact name="going to" value={count(going.to)} title="The generation that the board is on its way to" />
        ) : (
          <Fact
            name="next step"
            value={changes ? `+${count(changes.births)} −${count(changes.deaths)}` : '–'}
            title="Cells that come alive, and cells that die, in the next step; not counted where that takes long"
          />
        )}
        {background !== null && <Fact name="background" value="alive" title={background} />}
        {generation !== start && (
          <Fact
            name="file at"
            value={count(start)}
            title="The generation that the file holds: playing does not change it"
          />
        )}
      </dl>
      <span class="where number" title="The cell under the pointer, or of the keyboard">
        <span>
          <span class="muted">row</span> {at.y}
        </span>
        <span>
          <span class="muted">column</span> {at.x}
        </span>
        {universe.states > 2 && (
          <span>
            <span class="muted">state</span> {universe.state(at.x, at.y)}
          </span>
        )}
      </span>
      <div class="actions zoom" role="group" aria-label="Zoom">
        <Action
          icon="minus"
          label="Smaller cells (-)"
          disabled={view?.zoom === ZOOMS[0]}
          onClick={() => editor.picture.zoom(-1)}
        />
        <span class="zoom-label number" title="Size of a cell">
          {view ? zoomLabel(view.zoom) : '–'}
        </span>
        <Action
          icon="plus"
          label="Larger cells (+)"
          disabled={view?.zoom === ZOOMS.at(-1)}
          onClick={() => editor.picture.zoom(1)}
        />
        <Action icon="fit" label="Show everything (1)" onClick={() => editor.picture.fit()} />
      </div>
    </div>
  );
}

/** `20 / s`, `max`, and what there really is where it is less: `12 of 60 / s`. */
function paceText(speed: number, pace: number | null): string {
  const real = pace === null ? null : count(Math.round(pace));
  if (speed === AS_FAST) return real === null ? 'max' : `${real} / s`;
  return real !== null && pace !== null && pace < 0.9 * speed ? `${real} of ${speed} / s` : `${speed} / s`;
}

function Fact(props: {
  readonly name: string;
  readonly value: string;
  readonly title: string;
  readonly large?: boolean;
}) {
  return (
    <div class="fact" title={props.title}>
      <dt class="muted">{props.name}</dt>
      <dd class={props.large ? 'number large' : 'number'}>{props.value}</dd>
    </div>
  );
}
