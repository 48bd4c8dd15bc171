import { nearest } from '../text/nearest';
import type { CellProblem, ParsedCell } from './cell';
import { headerKey, type CellKind } from './keys';

/** A model that a cell may name. */
interface Named {
  readonly name: string;
  readonly folder: string;
  readonly kind: string;
  readonly problem?: unknown;
}

/** Names under which cells of each kind find the models that can be run; a model of a server by its address too. */
export function runnableNames(
  models: readonly Named[],
  remote: readonly Named[],
): Readonly<Record<CellKind, readonly string[]>> {
  const runnable = models.filter(({ problem }) => !problem);
  const servers = remote.flatMap(({ name, folder }) => [name, folder]);
  return {
    prompt: [...runnable.map(({ name }) => name), ...servers],
    life: runnable.filter(({ kind }) => kind === 'life').map(({ name }) => name),
  };
}

/** The header lines that name a model that there is not, each with the one that was most likely meant. */
export function unknownModels(
  { header }: Pick<ParsedCell, 'header'>,
  kind: CellKind,
  names: Readonly<Record<CellKind, readonly string[]>>,
): readonly CellProblem[] {
  const known = names[kind];
  return header.flatMap(({ key, value, line, valueStart }): readonly CellProblem[] => {
    if (headerKey(key, kind)?.value.kind !== 'model' || value === '' || known.includes(value)) return [];
    const what = kind === 'life' ? 'no Life model' : 'no model';
    const meant = nearest(value, known);
    const hint = meant === null ? `There are ${known.join(', ') || 'none'}.` : `Did you mean "${meant}"?`;
    const message = `There is ${what} named "${value}" that can be run. ${hint}`;
    return [{ message, line, start: valueStart, end: valueStart + value.length }];
  });
}
