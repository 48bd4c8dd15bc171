import type { ComponentChildren } from 'preact';
import { useLayoutEffect, useState } from 'preact/hooks';
import type { Call } from '../../protocol/call';
import type { AtCursor, CursorAction, CursorApi, CursorPlace } from '../../protocol/cursorView';
import { counted } from '../components/format';
import { Dropdown } from '../ui/dropdown';
import type { CursorLink } from './link';
import '../components/page.css';
import '../ui/plain-button.css';
import './cursor.css';

export interface CursorFrameProps<
  Ready,
  Api extends CursorApi<Ready> & Record<keyof Api, Call<unknown, unknown, unknown>>,
  Kept,
> {
  readonly link: CursorLink<Ready, Api, Kept>;
  readonly label: string;
  /** What a text is opened for, after "Open a text". */
  readonly purpose: string;
  /** `busy`: the cursor has moved on, and what is said of its own place is still to come. */
  readonly children: (ready: Ready, busy: boolean) => ComponentChildren;
}

/** A view of the place of the cursor: what is known of it, or why nothing is shown and what to do. */
export function CursorFrame<
  Ready,
  Api extends CursorApi<Ready> & Record<keyof Api, Call<unknown, unknown, unknown>>,
  Kept,
>({ link, label, purpose, children }: CursorFrameProps<Ready, Api, Kept>) {
  const [, render] = useState(0);
  // At once: the first answer may come before the page is painted.
  useLayoutEffect(() => link.subscribe(() => render((times) => times + 1)), [link]);
  const { snapshot } = link;
  if (!snapshot) return null;
  const { shown, busy, models, model, missing } = snapshot;
  return (
    <main class="cursor" aria-busy={busy} aria-label={label}>
      <i class={busy ? 'cursor-busy cursor-busy-on' : 'cursor-busy'} aria-hidden="true" />
      {missing !== null && (
        <p class="cursor-note" role="status">
          There is no model named {missing}
          {model === null ? '' : `: ${modelText(model)} is asked in its place`}. The setting vivarium.editor.model names
          it.
        </p>
      )}
      {shown.state === 'ready' ? (
        children(shown, busy)
      ) : (
        <Empty shown={shown} purpose={purpose} act={(action) => void link.shared.call('act', { action })} />
      )}
      {models.length > 1 && (
        <label class="cursor-model">
          <span class="muted">Model</span>
          <Dropdown
            label="Model that reads the text"
            value={model ?? ''}
            options={models.map((name) => ({ value: name, text: modelText(name) }))}
            onChange={(name) => void link.shared.call('chooseModel', { name })}
          />
        </label>
      )}
    </main>
  );
}

/** A model's name; of a folder, its name and where it is. */
function modelText(choice: string): string {
  const [name = choice, parent] = choice.split(/[\\/]/).reverse();
  return parent === undefined ? choice : `${name} (${parent})`;
}

/** Which model was given what, and where that is. */
export function Where({ at }: { readonly at: CursorPlace }) {
  return (
    <p class="cursor-where muted">
      {at.model}, {at.whole ? 'all' : 'the last'} {counted(at.used, 'token')} before {fileName(at.file)}:{at.line}:
      {at.column}
    </p>
  );
}

function fileName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

interface EmptyProps {
  readonly shown: Exclude<AtCursor<unknown>, { state: 'ready' }>;
  /** What a text is opened for. */
  readonly purpose: string;
  readonly act: (action: CursorAction) => void;
}

function Empty({ shown, purpose, act }: EmptyProps) {
  const button = (action: CursorAction, text: string) => (
    <button type="button" class="plain-button cursor-button" key={action} onClick={() => act(action)}>
      {text}
    </button>
  );
  switch (shown.state) {
    case 'waiting':
      return <p class="cursor-empty muted">Reading the text before the cursor…</p>;
    case 'no-editor':
      return (
        <div class="cursor-empty">
          <p>Open a text {purpose}.</p>
          {button('openFile', 'Open File…')}
          {button('newText', 'New Text')}
        </div>
      );
    case 'no-text':
      return (
        <div class="cursor-empty">
          <p>Nothing stands before the cursor. Type a few words, or move the cursor behind some.</p>
        </div>
      );
    case 'no-model':
      return (
        <div class="cursor-empty">
          <p>There is no text model with a tokenizer that could go on with this text.</p>
          {button('addModelFolder', 'Add Model Folder…')}
        </div>
      );
    case 'untrusted':
      return (
        <div class="cursor-empty">
          <p>This workspace is not trusted: no model reads its texts by itself.</p>
          <p class="muted">Trust it, or choose a text and use “Explore Prompt”, which asks the bundled models.</p>
          {button('manageTrust', 'Manage Workspace Trust')}
        </div>
      );
    case 'problem':
      return (
        <div class="cursor-empty" role="status">
          <p>{[shown.problem.message, shown.problem.action].filter(Boolean).join(' ')}</p>
          {button('showLog', 'Show Log')}
        </div>
      );
  }
}
