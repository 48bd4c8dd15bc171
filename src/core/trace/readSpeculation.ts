import type { Fields } from './fields';
import {
  DRAFT_SOURCES,
  NEXT_ORIGINS,
  VERDICTS,
  type Alternative,
  type SpeculationSummary,
  type TraceDraft,
  type TraceSpeculation,
} from './record';

/** The speculation of a pass, every field checked. */
export function speculationOf(fields: Fields, vocabularySize: number): TraceSpeculation {
  const drafted = fields.objects('drafted', (entry) => draftOf(entry, vocabularySize));
  return {
    start: fields.integer('start'),
    drafted,
    accepted: fields.integer('accepted', 0, drafted.length),
    residual: fields.orNull('residual', (key) => {
      const residual = fields.child(key);
      return {
        mass: residual.number('mass', 0),
        top: residual.objects('top', (entry): Alternative => ({
          ...tokenOf(entry, vocabularySize),
          probability: entry.number('probability', 0, 1),
        })),
      };
    }),
    next: fields.orNull('next', (key) => {
      const next = fields.child(key);
      return { ...tokenOf(next, vocabularySize), origin: next.oneOf('origin', NEXT_ORIGINS) };
    }),
  };
}

function draftOf(fields: Fields, vocabularySize: number): TraceDraft {
  const share = (key: string): number => fields.number(key, 0, 1);
  return {
    ...tokenOf(fields, vocabularySize),
    source: fields.oneOf('source', DRAFT_SOURCES),
    q: share('q'),
    p: fields.orNull('p', share),
    ratio: fields.orNull('ratio', (key) => fields.number(key, 0)),
    r: fields.orNull('r', share),
    verdict: fields.oneOf('verdict', VERDICTS),
    tv: fields.orNull('tv', share),
    ...(fields.has('outputTv') ? { outputTv: fields.orNull('outputTv', share) } : {}),
    ...(fields.has('borrowed') ? { borrowed: share('borrowed') } : {}),
    ...(fields.has('threshold') ? { threshold: share('threshold') } : {}),
  };
}

function tokenOf(fields: Fields, vocabularySize: number): { readonly id: number; readonly text: string } {
  return { id: fields.integer('id', 0, vocabularySize - 1), text: fields.text('text') };
}

/** The counts of a run, every field checked. */
export function speculationSummaryOf(fields: Fields): SpeculationSummary {
  return {
    passes: fields.integer('passes'),
    drafted: fields.integer('drafted'),
    accepted: fields.integer('accepted'),
    acceptanceRate: fields.orNull('acceptanceRate', (key) => fields.number(key, 0, 1)),
    meanAcceptanceLength: fields.orNull('meanAcceptanceLength', (key) => fields.number(key, 1)),
    acceptedByPosition: fields.integers('acceptedByPosition'),
    alpha: fields.orNull('alpha', (key) => fields.number(key, 0, 1)),
    ...(fields.has('outputTv')
      ? {
          outputTv: fields.orNull('outputTv', (key) => {
            const output = fields.child(key);
            return {
              mean: output.number('mean', 0, 1),
              max: output.number('max', 0, 1),
              tokens: output.integer('tokens', 1),
            };
          }),
        }
      : {}),
  };
}
