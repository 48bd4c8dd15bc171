import { readLifePrompt } from '../../../core/life/prompt';
import type { LifeRun } from '../life/use-life';
import type { TabBench, TabProps } from '../tab';

/** The board that the prompt gives to the run's model now, which can be edited here; null where it gives none. */
export function askedCells(bench: TabBench | null, { sequence }: LifeRun, mode: TabProps['mode']): Uint8Array | null {
  const { grid } = sequence;
  const { life } = bench?.model ?? {};
  if (!bench || mode === 'viewer' || life?.prompt !== grid.prompt) return null;
  if (life.width !== grid.width || life.height !== grid.height) return null;
  const prompt = readLifePrompt(bench.settings.prompt, grid);
  return prompt?.answered === '' ? prompt.cells : null;
}
