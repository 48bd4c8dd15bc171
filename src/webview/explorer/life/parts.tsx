import { useLayoutEffect, useRef } from 'preact/hooks';
import { Segmented } from '../../components/segmented';
import { Button } from '../../ui/button';
import { ProgressRing } from '../../ui/progress-ring';
import { type Loadable, useTabView } from '../tab-view';
import type { LifePartProps } from './part';
import type { LifePart } from './state';

const CHOICES: readonly { readonly name: LifePart; readonly title: string; readonly hint: string }[] = [
  { name: 'step', title: 'Next state', hint: 'The board that the run predicted, cell by cell.' },
  { name: 'decoding', title: 'Decoding', hint: 'In which pass each cell was decided, and where drafts were rejected.' },
  { name: 'rollout', title: 'Rollout', hint: 'The model given its own boards, beside the exact run.' },
];

/** While the choice goes over into another part, whose first row it then stands in. */
let moving = false;

/** The choice of parts. Each part has it in a row of its own: the focus goes there with it. */
export function PartSwitch({ part, onPart }: { readonly part: LifePart; readonly onPart: (part: LifePart) => void }) {
  const room = useRef<HTMLSpanElement>(null);
  useLayoutEffect(() => {
    if (!moving) return;
    moving = false;
    room.current?.querySelector<HTMLElement>('[aria-checked="true"]')?.focus();
  }, []);
  return (
    <span ref={room}>
      <Segmented
        label="What is shown of the model"
        options={CHOICES}
        value={part}
        onChange={(next) => {
          moving = next !== part;
          if (moving) onPart(next);
        }}
      />
    </span>
  );
}

/** Every part but the first is a chunk of its own. */
const LATER: Readonly<Record<Exclude<LifePart, 'step'>, Loadable<LifePartProps>>> = {
  decoding: { load: () => import('./decoding/decoding-part').then(({ DecodingPart }) => DecodingPart) },
  rollout: { load: () => import('./rollout/rollout-part').then(({ RolloutPart }) => RolloutPart) },
};

export function LaterPart(props: LifePartProps & { readonly part: keyof typeof LATER }) {
  const view = useTabView(LATER[props.part]);
  if (view.state === 'ready') return <view.View {...props} />;
  if (view.state === 'loading') {
    return (
      <div class="life-empty" role="status">
        <ProgressRing />
      </div>
    );
  }
  return (
    <div class="life-empty" role="alert">
      <p>This part could not be loaded.</p>
      <Button onClick={view.again}>Try again</Button>
    </div>
  );
}
