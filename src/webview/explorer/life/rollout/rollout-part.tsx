import { useMemo } from 'preact/hooks';
import type { Caller } from '../../../../protocol/call';
import type { ExplorerApi } from '../../../../protocol/explorer';
import type { LifePartProps } from '../part';
import { packBoard, readKept } from './kept';
import { Roller } from './roller';
import { RolloutView } from './rollout-view';

/** The rollout of each page. It goes on while another tab is on show. */
const rollers = new WeakMap<Caller<ExplorerApi>, Roller>();

/** The model of the run on show, rolled forward from the board of its prompt. */
export function RolloutPart({ lead, state, ...props }: LifePartProps) {
  const { api, runId, trace, run, setState, theme, announce } = props;
  const { model } = trace.header;
  const { before, grid } = run.sequence;
  const start = packBoard(before);
  const roller = useMemo(() => {
    const of = `${model.sha256} ${model.file} ${start}`;
    const last = rollers.get(api);
    if (last?.of === of) return last;
    // It is of another board: what is on show there now is what counts.
    last?.stop();
    const made = new Roller(of, before, grid, null, (rollout) => setState({ rollout }));
    made.restore(readKept(state.rollout));
    rollers.set(api, made);
    return made;
  }, [api, model.sha256, model.file, start]);
  roller.roll = (request, options) => api.call('rollLife', { runId, ...request }, options);
  return (
    <RolloutView
      roller={roller}
      modelName={model.name}
      lead={lead}
      framing={state.framing}
      onFraming={(framing) => setState({ framing })}
      save={(rollout) => {
        api.call('saveRollout', { runId, ...rollout }).catch((error: unknown) => roller.fail(error));
      }}
      theme={theme}
      announce={announce}
    />
  );
}
