import { autoregressive } from './autoregressive';
import { copyPrevious } from './copy-previous';
import type { Decoder } from './decoder';
import { earlyExit } from './early-exit';
import { exactRule } from './exact-rule';
import { handOver } from './hand-over';
import { jacobi } from './jacobi';
import { lantern } from './lantern';
import { lookahead } from './lookahead';
import { promptLookup } from './prompt-lookup';
import { speculative } from './speculative';
import { speculativeJacobi } from './speculative-jacobi';
import { typical } from './typical';

/** Every decoder, in the order in which lists show them. A new one is one file beside this and one entry here. */
export const DECODERS: readonly Decoder[] = [
  autoregressive,
  speculative,
  promptLookup,
  jacobi,
  lookahead,
  speculativeJacobi,
  lantern,
  typical,
  earlyExit,
  handOver,
  copyPrevious,
  exactRule,
];

/** The decoder of that name, or undefined. */
export function findDecoder(name: string): Decoder | undefined {
  return DECODERS.find((decoder) => decoder.name === name);
}

/** What lists and forms need of a decoder: plain data, which may be sent. */
export type DecoderSummary = Omit<Decoder, 'decode'>;

export function decoderSummaries(): readonly DecoderSummary[] {
  return DECODERS.map(({ name, about, exact, drafts, needs, task, options }) => {
    return { name, about, exact, drafts, needs, task, options };
  });
}
