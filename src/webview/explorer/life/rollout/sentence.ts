import type { RolloutRecord } from '../../../../core/life/rollout-record';
import { count, counted } from '../../../components/format';

/** How the model did, in a sentence or two. */
export function rolloutSentence(record: RolloutRecord, rolling: boolean): string {
  const { steps, firstWrong, own, inherited, broken } = record;
  const made = steps.length;
  if (made === 0 && broken === null) return rolling ? 'The first step is under way.' : 'No step was made.';
  const so = rolling ? ' so far' : '';
  if (firstWrong === null)
    return `Every cell of ${made === 1 ? 'the step' : `all ${count(made)} steps`} is right${so}.`;
  const end = broken === null ? '' : ` Step ${count(made + 1)} is no board: ${broken}`;
  if (firstWrong > made) return `${made === 0 ? '' : `Every cell is right to step ${count(made)}.`}${end}`.trim();
  const errors = `${counted(own, 'own error')} and ${count(inherited)} inherited in ${counted(made, 'step')}${so}.`;
  return `First wrong step ${count(firstWrong)}. ${errors}${end}`;
}

/** What is wrong at a step. */
export function stepWords(record: RolloutRecord, place: number): string {
  const step = record.steps[place - 1];
  if (!step) return 'no step';
  if (step.wrong === 0 && step.own === 0) return `Step ${count(place)}: every cell right`;
  return `Step ${count(place)}: ${counted(step.wrong, 'cell')} wrong, ${counted(step.own, 'own error')}, ${count(step.inherited)} inherited`;
}
