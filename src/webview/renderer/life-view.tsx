import { useMemo, useState } from 'preact/hooks';
import { type LifeResult, lifeSentence, readLifeBoards } from '../../core/notebook/life-result';
import { decodingSentence } from '../../core/notebook/life-decoding';
import { parseRule, step } from '../../core/life/rule';
import { errorOf } from '../../core/life/prediction';
import { Board } from '../components/board';
import { boardGeometry } from '../components/board-geometry';
import { Icon } from '../components/icon';
import { Slider } from '../components/slider';
import { useTheme } from '../components/theme';
import { usePixelRatio } from '../components/use-size';
import { usePlay } from '../components/use-play';
import { LifePasses } from './life-passes';
import { keepKeys } from './slider-keys';

/** CSS pixels of a board's longer side. */
const SIDE = 200;

export interface LifeViewProps {
  readonly result: LifeResult;
  /** Asks the model about the board of a step in an Explorer; null where nobody listens. */
  readonly onOpen: ((step: number) => void) | null;
}

/** What a model made of a board: one step of it beside the exact one, and a slider over the steps. */
export function LifeView({ result, onOpen }: LifeViewProps) {
  const theme = useTheme();
  const ratio = usePixelRatio();
  const reading = useMemo(() => readLifeBoards(result), [result]);
  const { size, predicted, exact, report } = reading;
  const last = predicted.length - 1;
  const [chosen, setChosen] = useState<number | null>(null);
  const at = Math.min(last, chosen ?? last);
  const { playing, setPlaying } = usePlay(result, {
    calm: theme.reducedMotion,
    begin: () => setChosen(at >= last ? 0 : at),
    next: () => {
      setChosen(Math.min(last, at + 1));
      return at + 1 < last;
    },
  });
  const geometry = boardGeometry(size, { side: SIDE, ratio, origin: { row: 0, column: 0 }, rulers: 'none' });
  const [mine, truth] = [predicted[at] ?? new Uint8Array(), exact[at] ?? new Uint8Array()];
  const wrong = mine.reduce((sum, cell, place) => sum + (cell === truth[place] ? 0 : 1), 0);
  const { own, inherited } = report.steps[at - 1] ?? { own: 0, inherited: 0 };
  const before = predicted[at - 1] ?? mine;
  const passes = result.decoding?.steps[at - 1];
  const says =
    at === 0 ? 'Start' : `Step ${at} of ${last}: ${wrong} cells wrong, ${own} own and ${inherited} inherited errors`;
  const look = (cells: Uint8Array, marks: boolean) => (place: number) => {
    const alive = cells[place] ?? 0;
    const error = marks ? errorOf(alive, truth[place] ?? alive) : null;
    return {
      live: alive === 1,
      ...(error
        ? { mark: { shape: error === 'false-birth' ? ('plus' as const) : ('ring' as const), own: own > 0 } }
        : {}),
    };
  };
  const board = (cells: Uint8Array, marks: boolean, label: string) => (
    <Board geometry={geometry} look={look(cells, marks)} liveShare={0.7} cursor={null} theme={theme} label={label} />
  );
  return (
    <section class="result" aria-label={`Life by ${result.model}`}>
      <p class="result-head">
        <span class="muted">{lifeSentence(result, reading)}</span>
        {result.decoding && <span class="muted"> · {decodingSentence(result.decoding)}</span>}
      </p>
      <div class="result-boards">
        <figure>
          <figcaption>predicted</figcaption>
          {board(mine, true, `Predicted board. ${says}`)}
        </figure>
        <figure>
          <figcaption>exact, {result.rule}</figcaption>
          {board(truth, false, `Exact board at step ${at}`)}
        </figure>
        {passes && passes.length > 0 && (
          <LifePasses
            key={at}
            passes={passes}
            boards={{ before, exact: step(before, size, parseRule(result.rule)), predicted: mine }}
            decoder={{ ...result.decoding, name: result.decoding?.decoder ?? '', temperature: 0 }}
            geometry={geometry}
            theme={theme}
          />
        )}
      </div>
      {last > 0 && (
        <div class="result-steps" onKeyDown={keepKeys}>
          <button
            type="button"
            class="step"
            aria-label={playing ? 'Pause' : 'Play the steps'}
            onClick={() => setPlaying(!playing)}
          >
            <Icon name={playing ? 'pause' : 'play'} />
          </button>
          <Slider
            label="Step"
            place={at}
            last={last}
            text={says}
            onPlace={(place) => {
              setPlaying(false);
              setChosen(place);
            }}
          />
        </div>
      )}
      <p class="result-readout" aria-live="polite">
        {says}
        {wrong > 0 && ' · + false birth, ○ false death; solid: the model broke the rule, outline: an earlier error'}
      </p>
      {result.notes.map((note) => (
        <p key={note} class="result-note">
          {note}
        </p>
      ))}
      {onOpen && (
        <p>
          <button type="button" class="link" onClick={() => onOpen(at)}>
            Open in Explorer
          </button>
        </p>
      )}
    </section>
  );
}
