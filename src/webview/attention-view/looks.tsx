import { useEffect, useMemo, useState } from 'preact/hooks';
import type { CursorAttention } from '../../protocol/attentionView';
import { Problem } from '../../protocol/errors';
import type { LastAttention } from '../../protocol/runs';
import { weightStops } from '../components/ramp';
import { useTheme } from '../components/theme';
import { TokenLabel } from '../components/token-chip';
import { tokenLabel } from '../components/token-label';
import { Where } from '../cursor/frame';
import { MOST_ROWS, MostList } from '../explorer/attention/most-list';
import type { Reading } from '../explorer/attention/run-data';
import { WEIGHT_DEFINITION, weightDetail, weightText } from '../explorer/attention/weight-format';
import { WeightText } from '../explorer/attention/weight-text';
import { Dropdown } from '../ui/dropdown';
import { chosenOf, type HeadChoice, nameOf, stepped, weightsOf } from './heads';
import type { AttentionLink } from './link';
import '../components/hatched.css';
import '../components/probability-bars.css';
import './attention-view.css';

export interface LooksProps {
  readonly looks: CursorAttention;
  readonly link: AttentionLink;
}

/** The token before the cursor and what it looks at, or why the model does not say. */
export function Looks({ looks, link }: LooksProps) {
  const { attention, tokens } = looks;
  const query = tokens.at(-1);
  return (
    <>
      <header class="cursor-head">
        <span class="muted">From</span>
        <span class="lone-chip" title={`token id ${query?.id}`}>
          <TokenLabel text={query?.text ?? ''} />
        </span>
      </header>
      <Where at={looks} />
      {attention.available ? (
        <Weights looks={looks} attention={attention} link={link} />
      ) : (
        <div class="cursor-empty" role="status">
          <p>{attention.why}</p>
          <p class="muted">
            Choose a model whose file gives it: the setting vivarium.editor.model names the one that is asked.
          </p>
        </div>
      )}
    </>
  );
}

interface WeightsProps extends LooksProps {
  readonly attention: Extract<LastAttention, { available: true }>;
}

function Weights({ looks, attention, link }: WeightsProps) {
  const { tokens, place } = looks;
  const theme = useTheme();
  const stops = useMemo(() => weightStops(theme.colours.sideBackground, theme.dark), [theme]);
  const choice = chosenOf(link.kept.head, attention);
  const weights = useMemo(() => weightsOf(choice, attention), [attention, choice?.layer ?? -1, choice?.head ?? -1]);
  const texts = useMemo(() => tokens.map(({ text }) => text), [tokens]);
  const labels = useMemo(() => texts.map(tokenLabel), [texts]);
  const [revealed, setRevealed] = useState({ place, index: -1 });
  const [said, setSaid] = useState('');
  useEffect(() => setSaid(''), [place]);

  const choose = (head: HeadChoice): void => {
    link.keep({ head });
    setSaid(nameOf(head));
  };
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent): void => {
      if (event.altKey || event.ctrlKey || event.metaKey || (event.key !== '[' && event.key !== ']')) return;
      // Keys may come faster than what is drawn.
      choose(stepped(chosenOf(link.kept.head, attention), event.key === '[' ? -1 : 1, attention));
      event.preventDefault();
    };
    window.addEventListener('keydown', onKeyDown);
    return () => window.removeEventListener('keydown', onKeyDown);
  });
  const reveal = (index: number): void => {
    setRevealed({ place, index });
    link.api.call('reveal', { place, index }).then(
      ({ found }) =>
        setSaid(found ? `${labels[index]} is marked in the editor` : `${labels[index]} stands for no text`),
      (error: unknown) => {
        const { message, action } = Problem.from(error);
        setSaid([message, action].filter(Boolean).join(' '));
      },
    );
  };

  const last = tokens.length - 1;
  const other = revealed.place === place ? revealed.index : -1;
  const whole: Reading = { first: 0, weights, exact: true };
  // The first token would be the longest bar of most heads: it stands by itself, and the others have a scale of their own.
  const others: Reading = { first: 1, weights: weights.subarray(1), exact: true };
  const sink = weights[0] ?? 0;
  const isMost = others.weights.every((weight) => weight <= sink);
  return (
    <div class="looks">
      <div class="looks-heads">
        <Dropdown
          label="Layer"
          value={choice === null ? 'all' : String(choice.layer)}
          options={[
            { value: 'all', text: 'All layers' },
            ...attention.layers.map((layer) => ({ value: String(layer), text: `Layer ${layer}` })),
          ]}
          onChange={(value) => choose(value === 'all' ? null : { layer: Number(value), head: choice?.head ?? null })}
        />
        <Dropdown
          label="Head"
          value={choice?.head == null ? 'mean' : String(choice.head)}
          options={[
            { value: 'mean', text: 'Mean' },
            ...Array.from({ length: attention.heads }, (_, head) => ({ value: String(head), text: `Head ${head}` })),
          ]}
          title="Keys: [ and ]"
          onChange={(value) =>
            choose(
              value === 'mean'
                ? choice && { layer: choice.layer, head: null }
                : { layer: choice?.layer ?? attention.layers[0]!, head: Number(value) },
            )
          }
        />
        <span class="looks-keys muted" aria-hidden="true">
          <kbd>[</kbd> <kbd>]</kbd>
        </span>
      </div>
      <WeightText
        texts={texts}
        reading={whole}
        subject={last}
        other={other}
        looks
        scale="sqrt"
        stops={stops}
        theme={theme}
        onChoose={reveal}
      />
      {last > 0 && (
        <>
          <div class="looks-first">
            <span class="muted" title={WEIGHT_DEFINITION}>
              First token
            </span>
            <button
              type="button"
              class={other === 0 ? 'looks-token chosen' : 'looks-token'}
              title={weightDetail(sink, true)}
              onClick={() => reveal(0)}
            >
              {labels[0]}
            </button>
            <span class="most-track" aria-hidden="true">
              <span class="most-bar" style={{ width: `${sink * 100}%` }} />
            </span>
            <span class="number">{weightText(sink)}</span>
          </div>
          {isMost && (
            <p class="looks-sink muted">
              Most rests there: an attention sink, where heads look that find nothing to look for.
            </p>
          )}
          <MostList reading={others} labels={labels} looks chosen={other} rows={MOST_ROWS} onChoose={reveal} />
        </>
      )}
      {last === 0 && <p class="looks-sink muted">It is the first token: all its weight, 1.00, is on itself.</p>}
      <p class="cursor-said" role="status">
        {said}
      </p>
    </div>
  );
}
