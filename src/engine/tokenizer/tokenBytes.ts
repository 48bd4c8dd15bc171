import { byteLevelBytes } from './byteLevel';

/** One step of a `tokenizer.json` decoder; which fields it has depends on its type. */
interface DecoderStep {
  readonly type?: unknown;
  readonly decoders?: unknown;
  readonly pattern?: unknown;
  readonly content?: unknown;
  readonly replacement?: unknown;
  readonly prefix?: unknown;
  readonly suffix?: unknown;
  readonly start?: unknown;
  readonly word_delimiter_token?: unknown;
}

/** How tokens become bytes, each by itself, and what is cut from the ends of a whole text. */
export interface TokenForm {
  /** The bytes of one token (as the vocabulary spells it) within a text. */
  bytes(token: string): Uint8Array;
  /** The decoded text leaves out one space at its start: the one that the tokenizer put there when it encoded. */
  readonly dropsLeadingSpace: boolean;
  /** The decoded text leaves out one space at its end: that of the last word's end mark. */
  readonly dropsTrailingSpace: boolean;
}

type Step = (token: string | Uint8Array) => string | Uint8Array;

const encoder = new TextEncoder();

/**
 * Reads the decoder of a `tokenizer.json` as a rule for single tokens, so that the bytes of the tokens of a text, one after
 * the other, are the text: byte-level (GPT-2), metaspace with byte fallback (Llama), WordPiece, BPE with end-of-word marks.
 * A tokenizer without a decoder joins its tokens with spaces, as Hugging Face's libraries do.
 */
export function tokenForm(decoder: unknown): TokenForm {
  const form = { steps: [] as Step[], dropsLeadingSpace: false, dropsTrailingSpace: false, fused: false };
  if (decoder === null || decoder === undefined) {
    form.steps.push(onText((token) => ` ${token}`));
    form.dropsLeadingSpace = true;
  } else addStep(form, decoder);
  const { steps, dropsLeadingSpace, dropsTrailingSpace } = form;
  return {
    bytes(token) {
      const value = steps.reduce<string | Uint8Array>((current, step) => step(current), token);
      return typeof value === 'string' ? encoder.encode(value) : value;
    },
    dropsLeadingSpace,
    dropsTrailingSpace,
  };
}

interface FormInProgress {
  readonly steps: Step[];
  dropsLeadingSpace: boolean;
  dropsTrailingSpace: boolean;
  /** After `Fuse` a step sees the whole text, not a token. */
  fused: boolean;
}

function addStep(form: FormInProgress, value: unknown): void {
  const step = (typeof value === 'object' && value !== null ? value : {}) as DecoderStep;
  switch (step.type) {
    case 'Sequence':
      for (const inner of Array.isArray(step.decoders) ? (step.decoders as unknown[]) : []) addStep(form, inner);
      break;
    case 'ByteLevel':
      form.steps.push(onText((token) => byteLevelBytes(token) ?? token));
      break;
    case 'ByteFallback':
      form.steps.push(
        onText((token) => {
          const byte = /^<0x([0-9A-Fa-f]{2})>$/.exec(token)?.[1];
          return byte === undefined ? token : Uint8Array.of(parseInt(byte, 16));
        }),
      );
      break;
    case 'Fuse':
      form.fused = true;
      break;
    case 'Replace': {
      const pattern = replacePattern(step.pattern);
      const content = text(step.content, '');
      if (pattern !== null) form.steps.push(onText((token) => token.replaceAll(pattern, () => content)));
      break;
    }
    case 'Strip':
      if (!form.fused || text(step.content, ' ') !== ' ') form.steps.push(stripStep(step));
      else if (Number(step.start) > 0) form.dropsLeadingSpace = true;
      break;
    case 'Metaspace': {
      const mark = text(step.replacement, '▁');
      form.steps.push(onText((token) => token.replaceAll(mark, ' ')));
      form.dropsLeadingSpace = true;
      break;
    }
    case 'WordPiece': {
      const prefix = text(step.prefix, '##');
      form.steps.push(onText((token) => (token.startsWith(prefix) ? token.slice(prefix.length) : ` ${token}`)));
      form.dropsLeadingSpace = true;
      break;
    }
    case 'BPEDecoder': {
      const suffix = text(step.suffix, '</w>');
      form.steps.push(onText((token) => token.replaceAll(suffix, ' ')));
      form.dropsTrailingSpace = true;
      break;
    }
    case 'CTC': {
      const delimiter = text(step.word_delimiter_token, '|');
      form.steps.push(onText((token) => token.replaceAll(delimiter, ' ')));
      break;
    }
    default:
      throw new Error(`unknown decoder type ${String(step.type)}`);
  }
}

function text(value: unknown, otherwise: string): string {
  return typeof value === 'string' ? value : otherwise;
}

/** Bytes that an earlier step made stay as they are. */
function onText(step: (token: string) => string | Uint8Array): Step {
  return (token) => (typeof token === 'string' ? step(token) : token);
}

function replacePattern(pattern: unknown): string | RegExp | null {
  if (typeof pattern !== 'object' || pattern === null) return null;
  const { String: literal, Regex: expression } = pattern as { String?: unknown; Regex?: unknown };
  if (typeof literal === 'string') return literal;
  return typeof expression === 'string' ? new RegExp(expression, 'gu') : null;
}

function stripStep(step: DecoderStep): Step {
  const content = text(step.content, ' ');
  const most = Number(step.start) || 0;
  return onText((token) => {
    let from = 0;
    while (from < most && token[from] === content) from++;
    return token.slice(from);
  });
}
