import { DECODERS } from '../core/decode/registry';
import { decoderDocument, optionText } from './decoderChoice';
import type { Verb } from './verb';

/** `vivarium decoders`: what they are, what they need, and their options. */
export const decoders: Verb = {
  name: 'decoders',
  usage: 'decoders',
  summary: 'Lists the decoders: exact or lossy, what each needs, and its options.',
  help: [],
  options: {},
  prepare: async (args) => {
    if (args.positionals.length > 0) throw args.usage(`What is "${args.positionals.join(' ')}"?`);
    return async (_, terminal) => {
      if (args.flag('json')) terminal.json(DECODERS.map(decoderDocument));
      else for (const line of lines()) terminal.line(line);
    };
  },
};

function lines(): string[] {
  return DECODERS.flatMap(({ name, about, exact, needs, task, options }, i) => {
    const traits = [
      exact ? 'exact' : 'lossy',
      ...(task === 'any' ? [] : [`for ${task} models`]),
      ...(needs.includes('draft') ? ['needs --draft'] : []),
    ];
    const width = Math.max(0, ...Object.keys(options).map((option) => option.length));
    return [
      ...(i === 0 ? [] : ['']),
      `${name}: ${traits.join(', ')}`,
      `  ${about}`,
      ...Object.entries(options).map(
        ([option, each]) => `  --${option.padEnd(width)}  ${each.about} (${optionText(each)})`,
      ),
    ];
  });
}
