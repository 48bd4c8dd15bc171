import { useMemo, useState } from 'preact/hooks';
import { countInside } from '../../core/life/edit/runs';
import { count } from '../components/format';
import { Popover } from '../components/popover';
import type { ThemeInfo } from '../components/theme';
import { BoardMap } from './board-map';
import { MOST_ROWS, rowsOf } from './describe';
import type { LifeEditor } from './editor';
import { Gallery } from './gallery';
import { shownCells } from './shown-cells';
import type { LifeState } from './state';

export interface SideProps {
  readonly editor: LifeEditor;
  readonly state: LifeState;
  readonly theme: ThemeInfo;
}

/** Beside the board: where one is, what is selected, what the file says, and patterns to place. */
export function Side({ editor, state, theme }: SideProps) {
  return (
    <aside class="side" aria-label="Map, selection and patterns">
      <BoardMap editor={editor} state={state} theme={theme} />
      <Selection state={state} />
      <About state={state} />
      <Gallery editor={editor} theme={theme} placing={state.placing?.name ?? null} />
      <p class="key-hints muted" aria-hidden="true">
        <kbd>Space</kbd> play <kbd>.</kbd> step <kbd>R</kbd> rotate <kbd>?</kbd> all keys
      </p>
    </aside>
  );
}

function Selection({ state }: { readonly state: LifeState }) {
  const { selection, universe, revision } = state;
  const [telling, setTelling] = useState(false);
  const box = selection ?? shownCells(state).box;
  const alive = useMemo(
    () => (selection ? countInside(shownCells(state), selection) : universe.population),
    [selection, universe, revision],
  );
  return (
    <section class="side-section" aria-label="Selection">
      <h2>
        {selection ? 'Selection' : 'Nothing selected'}
        <button type="button" class="link" aria-expanded={telling} onClick={() => setTelling(!telling)}>
          Rows as text
        </button>
      </h2>
      <dl class="rows number">
        {selection && (
          <div>
            <dt class="muted">Top left, row and column</dt>
            <dd>
              {selection.y}, {selection.x}
            </dd>
          </div>
        )}
        <div>
          <dt class="muted">{selection ? 'Size' : 'Bounding box'}</dt>
          <dd>{box ? `${box.width} × ${box.height}` : '–'}</dd>
        </div>
        <div>
          <dt class="muted">Alive</dt>
          <dd>
            {count(alive)}
            {selection && ` of ${count(selection.width * selection.height)}`}
          </dd>
        </div>
      </dl>
      {telling && <Rows state={state} onClose={() => setTelling(false)} />}
    </section>
  );
}

/** The live cells in words, for those who do not see them, or want to quote them. */
function Rows({ state, onClose }: { readonly state: LifeState; readonly onClose: () => void }) {
  const { rows, more } = rowsOf(shownCells(state), state.selection);
  return (
    <Popover label="Rows as text" onClose={onClose}>
      <div class="rows-text" tabIndex={0} role="region" aria-label="Live cells by row">
        {rows.length === 0 && <p>No cell is alive{state.selection ? ' in the selection' : ''}.</p>}
        <ul>
          {rows.map((row) => (
            <li key={row}>{row}</li>
          ))}
        </ul>
        {more > 0 && (
          <p class="muted">
            The first {MOST_ROWS} rows with live cells; {count(more)} more. Select a part to see it.
          </p>
        )}
      </div>
    </Popover>
  );
}

/** Name, author and comments of the file, where it has any. */
function About({ state }: { readonly state: LifeState }) {
  const notes = state.about?.notes.filter(({ text }) => text.trim() !== '') ?? [];
  if (notes.length === 0) return null;
  const name = notes.find(({ kind }) => kind === 'name')?.text;
  return (
    <section class="side-section about" aria-label="About the pattern">
      <h2>{name ?? 'Comments'}</h2>
      {notes
        .filter(({ kind, text }) => kind !== 'name' || text !== name)
        .map(({ kind, text }, index) => (
          <p key={index} class="muted">
            {kind === 'author' ? `By ${text}` : text}
          </p>
        ))}
    </section>
  );
}
