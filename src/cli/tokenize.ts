import { readFile } from 'node:fs/promises';
import { Problem } from '../protocol/errors';
import type { Arguments } from './arguments';
import { findModel } from './modelChoice';
import { table } from './terminal';
import type { Verb } from './verb';

/** `vivarium tokenize`: what the tokenizer of a folder makes of texts. */
export const tokenize: Verb = {
  name: 'tokenize',
  usage: 'tokenize FOLDER (--text TEXT | --file TEXTS) [--no-special]',
  summary: 'Cuts texts into tokens, as a prompt is cut. The folder needs a tokenizer.json, and nothing else.',
  help: [
    '  FOLDER is a folder with a tokenizer.json, or the name of a bundled model.',
    '  --text TEXT         one text',
    '  --file TEXTS        many: a .json file with an array, or .jsonl with one a line; each a string, or an object with "text"',
    '  --no-special        without the tokens that the tokenizer adds to every text (a BOS, for example)',
  ],
  options: { text: { type: 'string' }, file: { type: 'string' }, 'no-special': { type: 'boolean' } },
  prepare: async (args) => {
    const [name, ...more] = args.positionals;
    if (name === undefined) throw args.usage('Which folder?');
    if (more.length > 0) throw args.usage(`One folder at a time: what is "${more.join(' ')}"?`);
    const texts = await givenTexts(args);
    const special = !args.flag('no-special');
    return async (session, terminal) => {
      const model = await findModel(name);
      const read: { text: string; ids: readonly number[]; tokens: readonly string[] }[] = [];
      for (const text of texts) {
        const { ids, tokens } = await session.engine.call(
          'encodeText',
          { model, text, special },
          { signal: session.signal },
        );
        read.push({ text, ids, tokens });
      }
      if (args.flag('json')) terminal.json(read);
      else {
        for (const [place, { ids, tokens }] of read.entries()) {
          if (place > 0) terminal.line('');
          for (const line of table(
            ids.map((id, i) => [String(id), JSON.stringify(tokens[i])]),
            ['right', 'left'],
          )) {
            terminal.line(line);
          }
        }
      }
    };
  },
};

async function givenTexts(args: Arguments): Promise<string[]> {
  const [text, file] = [args.text('text'), args.text('file')];
  if ((text === undefined) === (file === undefined)) throw args.usage('Give --text or --file.');
  if (text !== undefined) return [text];
  return textsOf(file as string);
}

/** @throws Problem `file` with the place of what is no text. */
async function textsOf(file: string): Promise<string[]> {
  let content: string;
  try {
    content = await readFile(file, 'utf8');
  } catch (error) {
    throw problem(file, `cannot be read (${(error as NodeJS.ErrnoException).code ?? String(error)})`);
  }
  const values = /\.json$/i.test(file)
    ? parsed(content, file, 'the file')
    : content.split('\n').flatMap((line, i) => (line.trim() === '' ? [] : [parsed(line, file, `line ${i + 1}`)]));
  if (!Array.isArray(values)) throw problem(file, 'holds no array of texts');
  return values.map((value: unknown, i) => {
    const text = typeof value === 'string' ? value : (value as { readonly text?: unknown } | null)?.text;
    if (typeof text !== 'string')
      throw problem(file, `has as number ${i + 1} neither a string nor an object with "text"`);
    return text;
  });
}

function parsed(content: string, file: string, where: string): unknown {
  try {
    return JSON.parse(content) as unknown;
  } catch {
    throw problem(file, `cannot be read: ${where} is not valid JSON`);
  }
}

function problem(file: string, what: string): Problem {
  return new Problem({
    code: 'file',
    message: `${file} ${what}.`,
    action: 'Give a .json file with an array of strings, or a .jsonl file with one string a line.',
  });
}
