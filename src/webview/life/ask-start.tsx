import { useEffect, useRef } from 'preact/hooks';
import { count } from '../components/format';
import { Icon } from '../components/icon';
import { Button } from '../ui/button';
import { BOARD_ID } from './board';
import type { LifeEditor } from './editor';
import type { LifeState } from './state';

/** Asks before the first edit of a later generation what is to be edited: nothing is lost unasked. */
export function AskStart({ editor, state }: { readonly editor: LifeEditor; readonly state: LifeState }) {
  const element = useRef<HTMLDivElement>(null);
  useEffect(() => {
    element.current?.querySelector<HTMLElement>('vscode-button')?.focus();
    return () => document.getElementById(BOARD_ID)?.focus();
  }, []);
  const start = count(state.board.settings.generation);
  const now = count(state.generation);
  return (
    <div
      class="notice notice-info ask"
      role="alertdialog"
      aria-label="Which generation is to be edited?"
      aria-describedby="ask-text"
      ref={element}
      onKeyDown={(event) => {
        if (event.key !== 'Escape') return;
        event.stopPropagation();
        editor.answer('cancel');
      }}
    >
      <Icon name="info" />
      <p id="ask-text">
        The board shows generation {now}, the file holds generation {start}. Which is to be edited?
      </p>
      <span class="ask-answers">
        <Button appearance="primary" onClick={() => editor.answer('start')}>
          Make {now} the start
        </Button>
        <Button onClick={() => editor.answer('back')}>Go back to {start}</Button>
        <Button appearance="icon" label="Edit nothing" onClick={() => editor.answer('cancel')}>
          <Icon name="close" />
        </Button>
      </span>
    </div>
  );
}
