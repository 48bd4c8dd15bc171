import type { Alternative, Judgement } from './record';

/**
 * The most probable tokens of a judgement, in order and without a gap. A server tells the chosen token beside its N most
 * probable ones where it is none of them: that one bounds nothing that was left out.
 * @param id the token that was judged.
 */
export function rankedTop({ top, rank, partial }: Judgement, id: number): readonly Alternative[] {
  const place = top.findIndex((each) => each.id === id);
  if (!partial || place < 0 || (partial.rankKnown && rank <= place + 1)) return top;
  return top.filter((_, at) => at !== place);
}
