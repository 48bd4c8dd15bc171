import { CoreError } from '../../src/core/errors';
import { boardOfText } from '../../src/core/life/board-text';
import { parseCell, readCell } from '../../src/core/notebook/cell';
import { plainAddress } from '../../src/core/server/address';
import { readCompletion, readPrompt } from '../../src/core/server/completion';
import { readServerCounters } from '../../src/core/server/counters';
import { EventStreamReader } from '../../src/core/server/eventStream';
import { parseJson } from '../../src/core/server/answer';
import { readLlamaCompletion, readLlamaTokens } from '../../src/core/server/llamaCpp';
import { csv } from '../../src/core/text/csv';
import { Markdown, markdown } from '../../src/core/text/markdown';
import { quoted } from '../../src/core/text/quoted';
import { lineOf, printable, tokenLabel } from '../../src/core/text/tokens';
import { cacheName } from '../../src/engine/graph/interface';
import { loadProblem, runProblem } from '../../src/engine/model/ortErrors';
import { readTokenNames } from '../../src/engine/server/tokenNames';
import { Problem } from '../../src/protocol/errors';

const GRID = { width: 16, height: 16, topology: 'torus', rule: 'B3/S23', prompt: '@{cells}', answer: '$' } as const;

/** What meets a kind of text that anyone may have written. */
export const SUBJECTS: Readonly<Record<'cells' | 'names' | 'servers', readonly ((text: string) => unknown)[]>> = {
  cells: [
    ...(['prompt', 'life'] as const).map((kind) => (text: string): unknown => {
      const sampling = { temperature: 0, topK: 0, topP: 1, minP: 0, seed: 1 };
      return readCell(parseCell(text, kind), kind, { sampling, maxNewTokens: 1 });
    }),
    (text) => boardOfText(text, GRID),
  ],
  names: [
    (text) => [lineOf(text), printable(text), tokenLabel(text), quoted(text), csv([text], [[text]])],
    (text) => [markdown`**${text}**`, Markdown.code(text)],
    (text) => cacheName(text),
    (text) => readTokenNames([text, 'Ġa'], text),
    (text) => [loadProblem(new Error(text), text), runProblem(new Error(text), text)],
    (text) => plainAddress({ origin: 'http://a', pathname: `/${text}` }),
  ],
  servers: [
    (text) => new EventStreamReader().push(Buffer.from(text)),
    (text) => readServerCounters(text),
    (text) => readCompletion(parseJson(text), { logprobs: 1, promptLogprobs: 1 }),
    (text) => readPrompt(parseJson(text), 1),
    (text) => readLlamaTokens(parseJson(text)),
    (text) => readLlamaCompletion(parseJson(text), { logprobs: 1, vocabularySize: null }),
  ],
};

/** Whether it was thrown on purpose: one sentence for a person. */
export const isRefusal = (error: unknown): boolean => error instanceof CoreError || error instanceof Problem;
