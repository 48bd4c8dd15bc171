import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { it } from 'node:test';
import ts from 'typescript';
import { processorSeconds } from '../../fuzz/clock';

const root = path.resolve(import.meta.dirname, '../../..');
/** In so many repetitions what is linear takes microseconds, and what is quadratic a thousand times that. */
const SHORT = 1_500;
/** Milliseconds after which a longer text is tried; what else the machine does may bring that about, and costs no more. */
const SUSPICIOUS = 2;
const MOST_PLACES = 24;
const LONG = 100_000;
/** Of processor time: what is quadratic takes ten and more on a long text, what is linear a thousandth. */
const LIMIT = 1;

interface Expression {
  readonly place: string;
  readonly expression: RegExp;
}

/** Every regular expression that is written in the sources. */
function expressionsIn(folder: string): Expression[] {
  return readdirSync(path.join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => /\.tsx?$/.test(file))
    .flatMap((file) => {
      const text = readFileSync(path.join(root, folder, file), 'utf8');
      const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
      const found: Expression[] = [];
      const visit = (node: ts.Node): void => {
        if (ts.isRegularExpressionLiteral(node)) {
          const end = node.text.lastIndexOf('/');
          const line = source.getLineAndCharacterOfPosition(node.getStart()).line + 1;
          const expression = new RegExp(node.text.slice(1, end), node.text.slice(end + 1));
          found.push({ place: `${folder}/${file}:${line} ${node.text}`, expression });
        }
        ts.forEachChild(node, visit);
      };
      visit(source);
      return found;
    });
}

const PART = /\[(\^?)(\\u[0-9a-f]{4}|\\?.)(?:\\.|[^\]\\])*\]|(\\u[0-9a-f]{4}|\\.)|\(\?[:=!<]*|\{\d+,?\d*\}|[()?*+^$]/gi;

/** Texts such as it matches, one for each of its alternatives: enough of them to get past what stands before a repetition. */
function examplesOf({ source }: RegExp): Set<string> {
  const of = (escape: string): string =>
    escape.length === 6
      ? String.fromCharCode(parseInt(escape.slice(2), 16))
      : ({ '\\d': '1', '\\s': ' ', '\\w': 'a', '\\S': 'a', '\\b': '', '\\n': '\n', '\\r': '\r' }[escape] ??
        escape.slice(-1));
  const likeness = (part: string): string =>
    part.replace(PART, (_, not?: string, first?: string, escape?: string) =>
      escape !== undefined ? of(escape) : first === undefined ? '' : not ? '~' : of(first),
    );
  return new Set(['', likeness(source), ...source.split('|').map(likeness)]);
}

/** One character of each class, for those that an expression does not name. */
const CLASSES = [' ', '\n', 'a', 'B', '0', '_', '-', '.', '"', 'é', '\u2003'];

/** Such texts with a run of one character (or of a word of the expression) in each of its places. */
function* attacks(expression: RegExp): Generator<(times: number) => string> {
  const { source } = expression;
  const words = source.match(/[A-Za-z#"'(){}: ]{2,}/g) ?? [];
  const pumps = new Set([...CLASSES, ...source, ...words]);
  for (const example of examplesOf(expression)) {
    const stride = Math.max(1, Math.ceil(example.length / MOST_PLACES));
    for (let place = 0; place <= example.length; place += stride) {
      for (const pump of place === 0 ? [...pumps, ...(example === '' ? [] : [example])] : pumps) {
        for (const end of ['\0', '\u2028']) {
          yield (times) => example.slice(0, place) + pump.repeat(times) + end + example.slice(place);
        }
      }
    }
  }
}

function apply(expression: RegExp, text: string): void {
  expression.lastIndex = 0;
  if (expression.global) text.replace(expression, '');
  else expression.test(text);
}

it('no expression of the sources takes more than linear time, whatever runs of characters it meets', () => {
  const expressions = expressionsIn('src');
  assert.ok(expressions.length > 100, 'they were found');
  const slow: string[] = [];
  for (const { place, expression } of expressions) {
    for (const attack of attacks(expression)) {
      const short = attack(SHORT);
      const started = performance.now();
      apply(expression, short);
      if (performance.now() - started < SUSPICIOUS) continue;
      let seconds = 0;
      // Step by step, so that what is cubic is told as well.
      for (let times = SHORT; times <= LONG && seconds < LIMIT; times *= 2) {
        const longer = attack(times);
        seconds = processorSeconds(() => apply(expression, longer));
      }
      if (seconds < LIMIT) continue;
      slow.push(`${place}: ${seconds.toFixed(1)} s for ${JSON.stringify(short.slice(0, 40))}…`);
      break;
    }
  }
  assert.deepEqual(slow, []);
});
