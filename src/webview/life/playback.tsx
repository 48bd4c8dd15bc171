import { count } from '../components/format';
import { Slider } from '../components/slider';
import { backgroundNote } from './describe';
import type { LifeEditor } from './editor';
import { SPEEDS, type LifeState } from './state';
import { Action } from './toolbar';
import { ZOOMS, zoomLabel } from './view';

/** Row of the generations: where the board stands, forth and back, and how near it is looked at. */
export function Playback({ editor, state }: { readonly editor: LifeEditor; readonly state: LifeState }) {
  const { player } = editor;
  const { playing, speed, generation, universe, changes, board, cursor, hover, view, whyStill } = state;
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
          icon={playing ? 'pause' : 'play'}
          label={playing ? 'Pause (Space)' : 'Play (Space)'}
          disabled={still}
          onClick={() => player.toggle()}
        />
        <Action icon="step" label="One generation on (.)" disabled={still} onClick={() => player.step()} />
      </div>
      <span class="speed">
        <span class="muted">Speed</span>
        <Slider
          label="Speed"
          place={SPEEDS.indexOf(speed as (typeof SPEEDS)[number])}
          last={SPEEDS.length - 1}
          text={`${speed} generations a second`}
          onPlace={(place) => editor.store.update({ speed: SPEEDS[place] ?? speed })}
        />
        <span class="number">{speed} / s</span>
      </span>
      <dl class="facts">
        <Fact name="Generation" value={count(generation)} title="Generation of the board on show" large />
        <Fact name="Population" value={count(universe.population)} title="Live cells of the board on show" large />
        <Fact
          name="next step"
          value={changes ? `+${count(changes.births)} −${count(changes.deaths)}` : '–'}
          title="Cells that come alive, and cells that die, in the next step"
        />
        {background !== null && <Fact name="background" value="alive" title={background} />}
        {generation !== start && (
          <Fact name="file holds generation" value={count(start)} title="Playing does not change the file" />
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
          onClick={() => editor.zoom(-1)}
        />
        <span class="zoom-label number" title="Size of a cell">
          {view ? zoomLabel(view.zoom) : '–'}
        </span>
        <Action
          icon="plus"
          label="Larger cells (+)"
          disabled={view?.zoom === ZOOMS.at(-1)}
          onClick={() => editor.zoom(1)}
        />
        <Action icon="fit" label="Show everything (1)" onClick={() => editor.fit()} />
      </div>
    </div>
  );
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
