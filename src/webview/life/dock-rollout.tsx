import { useEffect, useMemo, useState } from 'preact/hooks';
import type { LifeGrid } from '../../core/trace/record';
import type { ModelSummary } from '../../protocol/models';
import type { ThemeInfo } from '../components/theme';
import { packBoard } from '../explorer/life/rollout/kept';
import { Roller } from '../explorer/life/rollout/roller';
import { RolloutView } from '../explorer/life/rollout/rollout-view';
import type { Framing } from '../explorer/life/state';
import type { LifeEditor } from './editor';

export interface DockRolloutProps {
  readonly editor: LifeEditor;
  readonly model: ModelSummary;
  readonly grid: LifeGrid;
  /** The board that the model is asked about. */
  readonly cells: Uint8Array<ArrayBuffer>;
  readonly theme: ThemeInfo;
}

/** The model given its own boards, from the board that stands still in the editor. */
export function DockRollout({ editor, model, grid, cells, theme }: DockRolloutProps) {
  const [framing, setFraming] = useState<Framing>('fixed');
  const { api } = editor.sync;
  const { folder, file } = model;
  const of = `${folder} ${file} ${packBoard(cells)}`;
  const roller = useMemo(
    () =>
      new Roller(of, cells, grid, (request, options) =>
        api.call('roll', { model: { folder, file }, ...request }, options),
      ),
    [of],
  );
  // Another board, or nothing to be seen of it any more: it is asked for no longer.
  useEffect(() => () => roller.stop(), [roller]);
  return (
    <div class="dock-rollout">
      <RolloutView
        roller={roller}
        modelName={model.name}
        framing={framing}
        onFraming={setFraming}
        save={(rollout) => {
          api
            .call('saveRollout', { model: { folder, file }, ...rollout })
            .catch((error: unknown) => roller.fail(error));
        }}
        theme={theme}
        announce={(text) => editor.store.speak(text)}
      />
    </div>
  );
}
