import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { Icon } from '../components/icon';
import { NoticeList, type Notice } from '../components/notice-list';
import { useTheme } from '../components/theme';
import { Button } from '../ui/button';
import { ProgressRing } from '../ui/progress-ring';
import { AskStart } from './ask-start';
import { Board, BOARD_ID } from './board';
import { Dock } from './dock';
import type { LifeEditor } from './editor';
import { Gestures } from './gestures';
import { Help } from './help';
import { inField, onKey } from './keys';
import { Playback } from './playback';
import { Side } from './side';
import type { LifeState } from './state';
import type { Store } from './store';
import { Action, Toolbar } from './toolbar';
import { useCalm } from './use-calm';
import '../components/page.css';
import './life.css';
import './narrow.css';

/** The page of a pattern: tools, generations, the board, and what stands beside and below it. */
export function Life({ editor }: { readonly editor: LifeEditor }) {
  const state = useStoreState(editor.store);
  const theme = useTheme();
  const busy = state.playing || editor.drawing.isUnderWay;
  const calm = useCalm(state, busy);
  const gestures = useMemo(() => new Gestures(editor), [editor]);
  const [filling, setFilling] = useState(false);
  const [helping, setHelping] = useState(false);
  const page = useRef<HTMLDivElement>(null);
  useKeys(editor, gestures, setFilling, setHelping);
  useClipboard(editor);

  const toolbar = useMemo(
    () => <Toolbar editor={editor} state={calm} filling={filling} onFilling={setFilling} />,
    [editor, calm, filling],
  );
  const side = useMemo(() => <Side editor={editor} state={calm} theme={theme} />, [editor, calm, theme]);
  const dock = useMemo(() => <Dock editor={editor} state={calm} theme={theme} />, [editor, calm, theme]);

  if (state.phase === 'opening') {
    return (
      <div class="opening" role="status">
        <ProgressRing />
        Opening…
      </div>
    );
  }
  if (state.phase !== 'open') return <Unreadable editor={editor} state={state} />;

  return (
    <div class="life" ref={page}>
      {toolbar}
      <Playback editor={editor} state={state} />
      {state.asking && <AskStart editor={editor} state={state} />}
      <NoticeList
        notices={noticesOf(state)}
        onLog={() => editor.sync.ask('showLog')}
        onDismiss={() => editor.store.say(null)}
      />
      <div class="life-main">
        <main class="board-column">
          <div class="board-place">
            <Board editor={editor} gestures={gestures} state={state} calm={calm} theme={theme} />
            <span class="help-opener">
              <Action icon="help" label="Keys (?)" expanded={helping} onClick={() => setHelping(!helping)} />
            </span>
            {helping && <Help onClose={() => setHelping(false)} />}
          </div>
          {dock}
        </main>
        {side}
      </div>
      <div class="unseen" role="status" aria-live="polite">
        {state.spoken}
      </div>
    </div>
  );
}

/** A file that is no pattern: why, and where to see it. Nothing here writes to it. */
function Unreadable({ editor, state }: { readonly editor: LifeEditor; readonly state: LifeState }) {
  const { problem, about, phase } = state;
  return (
    <div class="unreadable" role="alert">
      <Icon name="error" />
      <h1>{about ? `${about.file} cannot be shown as a pattern` : 'The pattern could not be opened'}</h1>
      <p>{problem?.message}</p>
      {problem?.action && <p class="muted">{problem.action}</p>}
      <p>
        {phase === 'unreadable' ? (
          <Button appearance="primary" onClick={() => editor.sync.ask('openAsText')}>
            Open as text
          </Button>
        ) : (
          <Button appearance="primary" onClick={() => void editor.sync.open()}>
            Try again
          </Button>
        )}
      </p>
    </div>
  );
}

function noticesOf({ warnings, said }: LifeState): readonly Notice[] {
  const notices: Notice[] = warnings.map((message) => ({ id: message, kind: 'warning', message, log: false }));
  if (said) {
    const { kind, message, action } = said;
    notices.push({
      id: 'said',
      kind,
      message,
      ...(action === undefined ? {} : { action }),
      log: false,
      dismissable: true,
    });
  }
  return notices;
}

/** The state, at most once a frame: moves of the pointer come more often than they can be drawn. */
function useStoreState(store: Store): LifeState {
  const [state, setState] = useState(store.state);
  useEffect(() => {
    let waiting = false;
    const update = (): void => {
      waiting = false;
      setState(store.state);
    };
    update();
    return store.subscribe(() => {
      if (waiting) return;
      waiting = true;
      // A page that is not shown gets no frames, and need not be drawn.
      requestAnimationFrame(update);
    });
  }, [store]);
  return state;
}

function useKeys(
  editor: LifeEditor,
  gestures: Gestures,
  setFilling: (open: boolean) => void,
  setHelping: (open: boolean) => void,
): void {
  useEffect(() => {
    const isBoard = (event: KeyboardEvent): boolean => {
      const { target } = event;
      return target === document.body || (target instanceof Element && target.id === BOARD_ID);
    };
    const onKeyDown = (event: KeyboardEvent): void => {
      if (editor.store.state.phase !== 'open') return;
      onKey(event, isBoard(event), {
        editor,
        gestures,
        onFill: () => setFilling(true),
        onGo: () => document.querySelector<HTMLElement>('.go-to-field')?.focus(),
        onHelp: () => setHelping(true),
      });
    };
    const onKeyUp = (event: KeyboardEvent): void => {
      if (event.key === ' ' && editor.store.state.phase === 'open') gestures.space(false);
    };
    document.addEventListener('keydown', onKeyDown);
    document.addEventListener('keyup', onKeyUp);
    return () => {
      document.removeEventListener('keydown', onKeyDown);
      document.removeEventListener('keyup', onKeyUp);
    };
  }, [editor, gestures]);
}

/** Copy, cut and paste are events of the page, however the editor around it brought them about. */
function useClipboard(editor: LifeEditor): void {
  useEffect(() => {
    const isOurs = (event: ClipboardEvent): boolean =>
      editor.store.state.phase === 'open' && !inField(event.target) && !inField(document.activeElement);
    const onCopy = (event: ClipboardEvent): void => {
      if (!isOurs(event)) return;
      event.preventDefault();
      const text = editor.copied();
      if (text === null) return;
      event.clipboardData?.setData('text/plain', text);
      if (event.type === 'cut') editor.clear('cut');
    };
    const onPaste = (event: ClipboardEvent): void => {
      if (!isOurs(event)) return;
      event.preventDefault();
      editor.placer.paste(event.clipboardData?.getData('text/plain') ?? '');
      document.getElementById(BOARD_ID)?.focus();
    };
    document.addEventListener('copy', onCopy);
    document.addEventListener('cut', onCopy);
    document.addEventListener('paste', onPaste);
    return () => {
      document.removeEventListener('copy', onCopy);
      document.removeEventListener('cut', onCopy);
      document.removeEventListener('paste', onPaste);
    };
  }, [editor]);
}
