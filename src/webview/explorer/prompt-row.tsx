import { useEffect, useState } from 'preact/hooks';
import type { Caller } from '../../protocol/call';
import type { ModelSummary } from '../../protocol/models';
import type { ExplorerApi } from '../../protocol/explorer';
import type { ExplorerSettings } from '../../protocol/explorerState';
import { count, counted } from '../components/format';
import { Icon } from '../components/icon';
import { Segmented } from '../components/segmented';
import type { ThemeInfo } from '../components/theme';
import { Button } from '../ui/button';
import { TextArea } from '../ui/text-area';
import { drawnGrid, isDrawn } from './board';
import type { BoardInputProps } from './board/board-input';
import type { BoardState } from './board/state';
import type { ViewState } from './tab-view';
import { useRunAdvice } from './run-estimate';
import { readTokenIds } from './token-ids';

export interface PromptRowProps {
  readonly settings: ExplorerSettings;
  readonly model: ModelSummary | null;
  readonly api: Caller<ExplorerApi>;
  readonly busy: boolean;
  /** Something else has the engine to itself. */
  readonly blocked?: boolean;
  readonly onChange: (change: Partial<ExplorerSettings>) => void;
  readonly onRun: () => void;
  readonly onStop: () => void;
  /** The prompt of a Life model as a board, and what is kept of it. */
  readonly drawing: {
    readonly view: ViewState<BoardInputProps>;
    readonly state: BoardState;
    readonly setState: (partial: Partial<BoardState>) => void;
    /** No run is on show yet: the board is open to begin with. */
    readonly first: boolean;
    readonly onPrompt: (prompt: string) => void;
    readonly announce: (text: string) => void;
    readonly theme: ThemeInfo;
  };
}

/** What is typed or drawn, how many tokens it is, and Run and Stop. */
export function PromptRow({ settings, model, api, busy, onChange, onRun, onStop, drawing, ...rest }: PromptRowProps) {
  const byIds = model?.tokenizer === 'none';
  const typed = byIds ? readTokenIds(settings.prompt, model.vocabularySize) : null;
  // A server is not asked while one types.
  const tokens = useTokenCount(api, settings, model, !byIds && !model?.server);
  const number = typed ? (typed.ok ? typed.ids.length : null) : tokens;
  const blocked =
    rest.blocked || !model || model.problem !== undefined || settings.prompt.trim() === '' || typed?.ok === false;
  const most = model?.contextLength ?? null;
  const tooLong = number !== null && most !== null && number > most;
  const advice = useRunAdvice(api, settings, !busy && !blocked && !model?.server);
  const run = (): void => {
    if (!busy && !blocked) onRun();
  };
  const grid = drawnGrid(model);
  const drawn = grid !== null && isDrawn(drawing.state, settings.prompt, grid);
  const { view } = drawing;
  return (
    <div class="prompt-row">
      <div class="prompt">
        {model && drawn && view.state === 'ready' && (
          <view.View
            prompt={settings.prompt}
            grid={grid}
            open={drawing.state.open ?? drawing.first}
            state={drawing.state}
            setState={drawing.setState}
            onPrompt={drawing.onPrompt}
            onRun={run}
            theme={drawing.theme}
            announce={drawing.announce}
          />
        )}
        {model && drawn && view.state === 'failed' && (
          <p class="prompt-problem" role="alert">
            <Icon name="error" /> The board could not be loaded. <Button onClick={view.again}>Try again</Button>
          </p>
        )}
        {!drawn && (
          <TextArea
            label={byIds ? 'Prompt, as token ids' : 'Prompt'}
            class="prompt-text"
            value={settings.prompt}
            placeholder={byIds ? 'Token ids, such as 1, 403, 407' : 'Type a prompt, and press Enter to run it'}
            onInput={(prompt) => onChange({ prompt })}
            onKeyDown={(event) => {
              if (!runsPrompt(event)) return;
              event.preventDefault();
              run();
            }}
            invalid={typed?.ok === false || tooLong}
            describedBy={KEYS_ID}
          />
        )}
        {!drawn && (
          <span class="prompt-aside">
            <span class={tooLong ? 'prompt-keys unseen' : 'prompt-keys'} id={KEYS_ID}>
              Enter runs, Shift+Enter new line
              <span class="unseen">, Alt+Down goes to the tabs, and from there to what they show</span>
            </span>
            <span class={tooLong ? 'prompt-count prompt-too-long' : 'prompt-count'} title={countTitle(byIds, most)}>
              {number === null ? '' : counted(number, byIds ? 'id' : 'token')}
              {tooLong && ` of at most ${count(most)}`}
            </span>
          </span>
        )}
        {typed?.ok === false && (
          <p class="prompt-problem" role="alert">
            <Icon name="error" /> {typed.message}
          </p>
        )}
        {advice !== null && (
          <p class="prompt-advice" role="status">
            <Icon name="info" /> {advice}
          </p>
        )}
      </div>
      <div class="prompt-buttons">
        {grid && (
          <Segmented
            label="How the prompt is given"
            options={PROMPT_AS}
            value={drawn ? 'board' : 'text'}
            onChange={(as) => drawing.setState({ as })}
          />
        )}
        <Button
          appearance="primary"
          disabled={busy || blocked}
          title={rest.blocked ? 'Decoders are being compared.' : drawn ? 'Run' : 'Run (Enter)'}
          onClick={run}
        >
          <Icon name="play" slot="start" />
          Run
        </Button>
        <Button appearance="secondary" class="stop" label="Stop" disabled={!busy} onClick={onStop}>
          <Icon name="stop" slot="start" />
          <span class="stop-word">Stop</span>
        </Button>
      </div>
    </div>
  );
}

const PROMPT_AS = [
  { name: 'board', title: 'Board', hint: 'Draw the board, choose a pattern, or paste one.' },
  { name: 'text', title: 'Text', hint: 'The prompt as the model reads it.' },
] as const;

const KEYS_ID = 'prompt-keys';

/** Enter, also with Ctrl or Cmd; not where it makes a new line, nor where it ends the choice of a character (IME). */
function runsPrompt(event: KeyboardEvent): boolean {
  return event.key === 'Enter' && !event.shiftKey && !event.altKey && !event.isComposing;
}

function countTitle(byIds: boolean, most: number | null): string {
  const what = byIds ? 'Ids of the prompt' : 'Tokens of the prompt, special tokens included';
  return most === null ? what : `${what}. The model takes at most ${count(most)} tokens.`;
}

const TYPING_MS = 150;

/** Tokens of the prompt as the model's tokenizer cuts it, once the typing pauses; null until known. */
function useTokenCount(
  api: Caller<ExplorerApi>,
  settings: ExplorerSettings,
  model: ModelSummary | null,
  wanted: boolean,
): number | null {
  const [counted, setCounted] = useState<{ folder: string; text: string; tokens: number } | null>(null);
  const folder = model && !model.problem && wanted ? model.folder : null;
  const text = settings.prompt;
  useEffect(() => {
    if (folder === null || text === '') return;
    const abort = new AbortController();
    const timer = setTimeout(() => {
      api.call('tokenize', { model: { folder }, text }, { signal: abort.signal }).then(
        ({ tokens }) => {
          if (!abort.signal.aborted) setCounted({ folder, text, tokens: tokens.length });
        },
        // A prompt that cannot be cut has no count; Run says why.
        () => setCounted(null),
      );
    }, TYPING_MS);
    return () => {
      clearTimeout(timer);
      abort.abort();
    };
  }, [api, folder, text]);
  if (text === '') return null;
  // The last count stays while the next one is under way: a number that flickers cannot be read.
  return counted && counted.folder === folder ? counted.tokens : null;
}
