import { decodeUtf8 } from '../text/utf8';
import type { Trace } from './record';

/** Text of the tokens from `start`; null without a tokenizer. Special tokens are no text. */
export function textFrom({ header, tokens }: Pick<Trace, 'header' | 'tokens'>, start: number): string | null {
  if (header.tokenizer === 'none') return null;
  const bytes = tokens.slice(start).flatMap((token) => token.bytes);
  return decodeUtf8(bytes, () => '\uFFFD');
}

/** Text of what was generated; null without a tokenizer. */
export function generatedText(trace: Pick<Trace, 'header' | 'tokens'>): string | null {
  return textFrom(trace, trace.header.promptLength);
}
