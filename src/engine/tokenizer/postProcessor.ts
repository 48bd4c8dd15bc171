import { quoted } from '../../core/text/quoted';
import { Part, unsupported } from './part';

/** What a post-processor adds to the ids of a text. */
export interface SpecialIds {
  readonly before: readonly number[];
  readonly after: readonly number[];
}

const none: SpecialIds = { before: [], after: [] };

/** @throws UnusableTokenizer for a post-processor that is not known to add what Hugging Face's adds. */
export function readPostProcessor(value: unknown): SpecialIds {
  if (value === null || value === undefined) return none;
  const { type, part } = Part.typed('post-processor', value);
  switch (type) {
    case 'ByteLevel':
      // Moves offsets alone.
      return none;
    case 'BertProcessing':
    case 'RobertaProcessing':
      part.only('cls', 'sep', 'trim_offsets', 'add_prefix_space');
      return { before: [named(part, 'cls')], after: [named(part, 'sep')] };
    case 'TemplateProcessing':
      return template(part);
    case 'Sequence': {
      const added = part.only('processors').list('processors').map(readPostProcessor);
      const adding = added.filter(({ before, after }) => before.length + after.length > 0);
      if (adding.length > 1) part.refuse('adds tokens twice, which is not supported here');
      return adding[0] ?? none;
    }
    default:
      return unsupported('post-processor', type);
  }
}

/** A token as BertProcessing names it: a text and its id. */
function named(part: Part, field: string): number {
  const [, id] = part.list(field);
  return isId(id) ? id : part.refuse(`has no ${field} with an id`);
}

function isId(value: unknown): value is number {
  return Number.isInteger(value) && (value as number) >= 0;
}

function template(part: Part): SpecialIds {
  part.only('single', 'pair', 'special_tokens');
  const tokens = part.raw('special_tokens') as Readonly<Record<string, unknown>> | null | undefined;
  const before: number[] = [];
  const after: number[] = [];
  let sequences = 0;
  for (const piece of part.list('single')) {
    const { Sequence: sequence, SpecialToken: special } = (piece ?? {}) as Readonly<
      Record<string, { readonly id?: unknown }>
    >;
    if (sequence !== undefined) {
      if (sequence.id !== 'A') part.refuse('asks for a second text');
      sequences++;
    } else {
      const name = String(special?.id);
      const ids = new Part(`the special token ${quoted(name, 60)} of the template`, tokens?.[name]).list('ids');
      (sequences === 0 ? before : after).push(
        ...ids.map((id) => (isId(id) ? id : part.refuse('has a token without id'))),
      );
    }
  }
  if (sequences !== 1) part.refuse(`has the text ${sequences} times, which is not supported here`);
  return { before, after };
}
