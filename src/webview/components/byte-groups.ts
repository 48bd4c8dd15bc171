import { type TokenGroup, groupTokens } from '../../core/text/tokens';
import type { TraceToken } from '../../core/trace/record';

/** A token that streams in can complete a character that began at most three tokens before it. */
const REACH = 4;

/** Finds the characters that are spread over several tokens; goes on where it stopped as tokens stream in. */
export class ByteGroups {
  private readonly groups: TokenGroup[] = [];
  private readonly groupOf: number[] = [];

  add(tokens: readonly TraceToken[]): void {
    const counted = this.groups.at(-1)?.end ?? 0;
    if (counted === tokens.length) return;
    while (this.groups.length > 0 && this.groups.at(-1)!.end > counted - REACH) this.groups.pop();
    const from = this.groups.at(-1)?.end ?? 0;
    for (const { start, end, text } of groupTokens(tokens.slice(from))) {
      const group = { start: start + from, end: end + from, text };
      this.groupOf.length = group.start;
      for (let index = group.start; index < group.end; index++) this.groupOf.push(this.groups.length);
      this.groups.push(group);
    }
  }

  /** The group of several tokens that this one belongs to; null where it stands alone. */
  of(index: number): TokenGroup | null {
    const group = this.groups[this.groupOf[index] ?? -1];
    return group && group.end - group.start > 1 ? group : null;
  }
}

/** Whether a token reads as nothing but bytes that are no whole characters. */
export function isBytes(token: TraceToken): boolean {
  return token.bytes.length > 0 && /^(<0x[0-9A-F]{2}>)+$/.test(token.text);
}
