import type { Trace } from '../../core/trace/record';
import type { TokenInfo } from '../../protocol/models';

/** What a server's run says of tokens: those that stand in it or were alternatives. Others nobody knows, and are left out. */
export function toldTokens({ tokens }: Trace, ids: readonly number[]): readonly TokenInfo[] {
  const wanted = new Set(ids);
  const found = new Map<number, TokenInfo>();
  const say = (id: number, text: string, bytes: readonly number[], special: boolean): void => {
    if (wanted.has(id) && text !== '' && !found.has(id)) found.set(id, { id, text, bytes, special });
  };
  for (const { id, text, bytes, special, judgement } of tokens) {
    say(id, text, bytes, special);
    for (const each of judgement?.top ?? []) say(each.id, each.text, [...new TextEncoder().encode(each.text)], false);
  }
  return [...found.values()];
}
