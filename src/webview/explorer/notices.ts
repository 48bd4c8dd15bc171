import type { ModelSummary } from '../../protocol/models';
import type { Notice } from '../components/notice-list';
import type { SessionState } from './session';

/** What is to be said now, the most pressing first; nothing is said twice. */
export function noticesOf(state: SessionState, model: ModelSummary | null): readonly Notice[] {
  const notices: Notice[] = [];
  const { problem, status, engine, modelsProblem } = state;
  const say = (
    id: string,
    kind: Notice['kind'],
    said: { message: string; action?: string },
    more: Partial<Notice>,
  ): void => {
    if (notices.some((notice) => notice.message === said.message)) return;
    notices.push({
      id,
      kind,
      message: said.message,
      ...(said.action === undefined ? {} : { action: said.action }),
      log: kind !== 'info',
      ...more,
    });
  };

  if (problem) say('problem', 'error', problem, { dismissable: true });
  if (status.state === 'problem') say('run', 'error', status.problem, {});
  else if (engine.state === 'crashed') {
    say('engine', 'error', { message: engine.message, action: 'It starts again with the next run.' }, {});
  }
  if (modelsProblem) say('models', 'warning', modelsProblem, {});
  if (state.mode === 'explorer') {
    if (model?.problem) say('model', 'warning', model.problem, {});
    if (!state.trusted) {
      say(
        'trust',
        'info',
        {
          message: 'This workspace is not trusted, so only the bundled models can be run.',
          action: 'Trust the workspace to use the models in it.',
        },
        {},
      );
    }
  }
  const { summary } = state.trace ?? {};
  if (summary?.finish === 'failed' && status.state !== 'problem') {
    say('failed', 'warning', { message: summary.message ?? 'The run failed before its end.' }, {});
  }
  for (const note of [...state.notes, ...(summary?.notes ?? [])]) {
    say(`note ${note}`, 'info', { message: note }, { folds: true });
  }
  return notices;
}
