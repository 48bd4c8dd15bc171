import { processorSeconds } from './clock';
import { isRefusal, SUBJECTS } from './subjects';

export type Kind = keyof typeof SUBJECTS;

const SEEDS: Readonly<Record<Kind, readonly string[]>> = {
  cells: [
    'model: almanac\ntemperature: 0.5\n\nOnce',
    'decoder: speculative\ngamma: 4\n\n',
    'steps: 3\n\nx = 3, y = 3, rule = B3/S23\nbo$2bo$3o!',
    '#Life 1.05\n#P -1 2\n.*\n',
  ],
  names: [
    'models--a--b',
    'past_key_values.0.key',
    '![t](https://a.b)',
    '/v1/',
    '/onnxruntime_src/a.cc:12 void f(int) const Op(1) is not a registered function/op',
  ],
  servers: [
    'data: {"choices":[{"text":"a","logprobs":{"tokens":["a"],"token_logprobs":[-1]}}]}\n\n',
    '{"choices":[{"text":"a","prompt_logprobs":[null,{"1":{"logprob":-1}}]}]}',
    'vllm:spec_decode_num_drafts_total{a="b",position="1"} 3\n',
    '{"tokens":[1,{"id":2,"piece":"a"}],"completion_probabilities":[{}]}',
  ],
};
const PIECES = [...' \t\n\r\0:#-_=,.!$/\\|`"\'{}[]()<>019aboxOé🙂\u2028\u00a0\ud800', 'rule = ', '--', 'null', '1e999'];

/** Numbers in [0, 1), the same for one seed (mulberry32). */
function randomOf(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** A text of that kind with runs, cuts and repetitions in it. */
function textOf(kind: Kind, random: () => number): string {
  const among = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
  let text = among(SEEDS[kind]);
  for (let edits = 1 + Math.floor(random() * 4); edits > 0; edits--) {
    const at = Math.floor(random() * (text.length + 1));
    const run = among(PIECES).repeat(random() < 0.1 ? 20_000 : 1 + Math.floor(random() * 40));
    text = text.slice(0, at) + run + text.slice(random() < 0.5 ? at : Math.floor(random() * (text.length + 1)));
  }
  return text;
}

export interface Score {
  readonly texts: number;
  readonly refused: number;
  /** Processor seconds of the slowest text. */
  readonly slowest: number;
  /** What threw something that is no sentence for a person. */
  readonly faults: readonly string[];
}

export function fuzz(kind: Kind, texts: number, seed: number): Score {
  const random = randomOf(seed);
  let [refused, slowest] = [0, 0];
  const faults: string[] = [];
  for (let i = 0; i < texts; i++) {
    const text = textOf(kind, random);
    const seconds = processorSeconds(() => {
      for (const subject of SUBJECTS[kind]) {
        try {
          subject(text);
        } catch (error) {
          if (isRefusal(error)) refused++;
          else faults.push(`${String(error)} for ${JSON.stringify(text.slice(0, 120))}`);
        }
      }
    });
    slowest = Math.max(slowest, seconds);
  }
  return { texts, refused, slowest, faults };
}
