/** Decoders with a name in the literature that words of theirs do not make. */
const TITLES: Readonly<Record<string, string>> = {
  lantern: 'LANTERN',
  'speculative-jacobi': 'Speculative Jacobi',
  'hand-over': 'Hand-over',
};

/** A decoder's name as controls, headings and lists show it: `prompt-lookup` as `Prompt lookup`. */
export function decoderTitle(name: string): string {
  const title = Object.hasOwn(TITLES, name) ? TITLES[name] : undefined;
  if (title !== undefined) return title;
  const words = name.replaceAll('-', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** How a run was decoded: plain decoding is called by whether it draws. */
export function decodedBy(decoder: string, temperature: number): string {
  if (decoder !== 'autoregressive') return decoderTitle(decoder);
  return temperature === 0 ? 'Greedy' : 'Sampling';
}
