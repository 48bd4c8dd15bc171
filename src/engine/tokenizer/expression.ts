import type {
  AlternativeNode,
  CharacterClassElementNode,
  CharacterClassNode,
  CharacterSetNode,
  Node,
  QuantifierNode,
} from 'oniguruma-parser/parser';
import { parse } from 'oniguruma-parser/parser';
import { quoted } from '../../core/text/quoted';
import { UnusableTokenizer } from './part';
import { escaped, except, property } from './unicode';

/**
 * Writes a regular expression of Oniguruma (Ruby's syntax, Unicode 16), which is what Hugging Face's tokenizers use, for JavaScript.
 * Groups that capture do so for nobody here: the only numbered groups of the result make others atomic.
 * @returns an expression with the flags `gv`.
 * @throws UnusableTokenizer for what is not known to find the same: the sentence names it.
 */
export function expression(source: string): RegExp {
  const refuse = (what: string): never => {
    throw new UnusableTokenizer(
      `cannot be used: its regular expression ${JSON.stringify(quoted(source, 100))} has ${what}, which is not supported here.`,
    );
  };
  let alternatives: readonly AlternativeNode[];
  try {
    alternatives = parse(source, { skipPropertyNameValidation: true }).body;
  } catch (cause) {
    return refuse(`something that cannot be read (${cause instanceof Error ? cause.message : String(cause)})`);
  }
  // These two are other sets as properties than as brackets, which the parser does not tell apart.
  const [ambiguous] = /\\p\{\^?(?:punct|word)\}/i.exec(source) ?? [];
  if (ambiguous !== undefined) refuse(ambiguous);
  return new RegExp(new Writer(refuse).alternatives(alternatives, plain), 'gv');
}

interface Modes {
  readonly ignoreCase: boolean;
  readonly dotAll: boolean;
}

const plain: Modes = { ignoreCase: false, dotAll: false };

/** Word characters. Oniguruma has a table of its own for Latin-1 that it asks outside of classes only, which adds six numbers. */
const WORD_IN_CLASS = ['Alphabetic', 'M', 'Nd', 'Pc'].map(property).join('');
const WORD = `[${WORD_IN_CLASS}\\u{b2}\\u{b3}\\u{b9}\\u{bc}-\\u{be}]`;

/** POSIX brackets, and the names that are properties too, as contents of a class. */
const POSIX: Readonly<Record<string, string>> = {
  alpha: property('Alphabetic'),
  alnum: property('Alphabetic') + property('Nd'),
  digit: property('Nd'),
  upper: property('Uppercase'),
  lower: property('Lowercase'),
  space: '\\p{White_Space}',
  punct: property('P') + property('S'),
  cntrl: '\\p{Cc}',
  word: WORD_IN_CLASS,
  xdigit: '0-9A-Fa-f',
};

const CATEGORIES =
  'L Lu Ll Lt Lm Lo M Mn Mc Me N Nd Nl No P Pc Pd Ps Pe Pi Pf Po S Sm Sc Sk So Z Zs Zl Zp C Cc Cf Cn Co'.split(' ');
const SCRIPTS = 'Han Latin Hiragana Katakana Hangul Arabic Cyrillic Greek Hebrew Thai Devanagari'.split(' ');
const PROPERTIES: ReadonlyMap<string, string> = new Map([
  ...CATEGORIES.map((name) => [name.toLowerCase(), property(name)] as const),
  ...SCRIPTS.map((name) => [name.toLowerCase(), property(`Script=${name}`)] as const),
  ...['Alphabetic', 'White_Space', 'Uppercase', 'Lowercase'].map(
    (name) => [name.replace('_', '').toLowerCase(), property(name)] as const,
  ),
  ['letter', property('L')],
  ['mark', property('M')],
  ['number', property('N')],
  ['punctuation', property('P')],
  ['symbol', property('S')],
]);

/** Pairs of letters that some character is, where case does not matter (ß, ﬁ, ﬂ, ﬀ, ﬆ). */
const FOLDED_PAIRS = new Set(['ss', 'ff', 'fi', 'fl', 'st']);
/** Characters beyond ASCII that are a letter of ASCII, where case does not matter. */
const FOLDED: Readonly<Record<string, string>> = { s: '\\u{17f}', k: '\\u{212a}' };

class Writer {
  private atomic = 0;

  constructor(private readonly refuse: (what: string) => never) {}

  alternatives(list: readonly AlternativeNode[], modes: Modes): string {
    return list.map(({ body }) => this.sequence(body, modes)).join('|');
  }

  private sequence(nodes: readonly Node[], modes: Modes): string {
    if (modes.ignoreCase) this.checkPairs(nodes);
    return nodes.map((node) => this.node(node, modes)).join('');
  }

  private checkPairs(nodes: readonly Node[]): void {
    const letters = nodes.map((node) =>
      node.type === 'Character' ? String.fromCodePoint(node.value).toLowerCase() : ' ',
    );
    letters.forEach((letter, i) => {
      const pair = letter + (letters[i + 1] ?? '');
      if (FOLDED_PAIRS.has(pair)) this.refuse(`"${pair}" in any case`);
    });
  }

  private node(node: Node, modes: Modes): string {
    switch (node.type) {
      case 'Character':
        return modes.ignoreCase ? `[${this.anyCase(node.value)}]` : escaped(node.value);
      case 'CharacterSet':
        return this.set(node, modes);
      case 'CharacterClass':
        return this.class(node, modes);
      case 'Quantifier':
        return this.quantifier(node, modes);
      case 'CapturingGroup':
        return `(?:${this.alternatives(node.body, modes)})`;
      case 'Group':
        return this.group(node, modes);
      case 'LookaroundAssertion': {
        const behind = node.kind === 'lookbehind';
        const before = this.atomic;
        const body = this.alternatives(node.body, modes);
        if (behind && this.atomic > before) this.refuse('an atomic group within a look behind');
        return `(?${behind ? '<' : ''}${node.negate ? '!' : '='}${body})`;
      }
      case 'Assertion':
        return this.assertion(node.kind, node.negate === true);
      case 'Directive':
        return this.refuse(node.kind === 'keep' ? '\\K' : 'flags that hold from within');
      case 'Backreference':
        return this.refuse('a reference to a group');
      case 'Subroutine':
        return this.refuse('a call of a group');
      case 'AbsenceFunction':
        return this.refuse('an absence operator');
      default:
        return this.refuse(`a ${node.type}`);
    }
  }

  private group(node: Extract<Node, { type: 'Group' }>, modes: Modes): string {
    const { enable = {}, disable = {} } = node.flags ?? {};
    const other = [...Object.keys(enable), ...Object.keys(disable)].find(
      (flag) => flag !== 'ignoreCase' && flag !== 'dotAll' && flag !== 'extended',
    );
    if (other !== undefined) this.refuse(`the flag ${other}`);
    const within: Modes = {
      ignoreCase: (modes.ignoreCase || enable.ignoreCase === true) && disable.ignoreCase !== true,
      dotAll: (modes.dotAll || enable.dotAll === true) && disable.dotAll !== true,
    };
    return node.atomic === true
      ? this.atomically(() => this.alternatives(node.body, within))
      : `(?:${this.alternatives(node.body, within)})`;
  }

  /** What was found is not found otherwise, whatever follows: a look ahead keeps it, and a reference reads it. */
  private atomically(write: () => string): string {
    const number = ++this.atomic;
    return `(?:(?=(${write()}))\\${number})`;
  }

  private quantifier(node: QuantifierNode, modes: Modes): string {
    const { min, body, kind } = node;
    // The parser says null where there is no end.
    const max = (node.max as number | null) ?? Infinity;
    if (kind === 'lazy' && min === max) this.refuse('"?" after a fixed number of times');
    if (max > 1 && canBeEmpty(body)) this.refuse('a repetition of what may be nothing');
    if (min === 0 && max === 1) {
      // JavaScript would not take nothing for it, where it can be nothing.
      const maybe = (): string =>
        kind === 'lazy' ? `(?:|${this.node(body, modes)})` : `(?:${this.node(body, modes)}|)`;
      return kind === 'possessive' ? this.atomically(maybe) : maybe();
    }
    const times = max === Infinity ? `{${min},}` : `{${min},${max}}`;
    const repeated = (): string => `(?:${this.node(body, modes)})${times}`;
    return kind === 'possessive' ? this.atomically(repeated) : repeated() + (kind === 'lazy' ? '?' : '');
  }

  private assertion(kind: Extract<Node, { type: 'Assertion' }>['kind'], negate: boolean): string {
    switch (kind) {
      case 'line_start':
        return '(?:(?<![\\s\\S])|(?<=\\n)(?=[\\s\\S]))';
      case 'line_end':
        return '(?=\\n|(?![\\s\\S]))';
      case 'string_start':
        return '(?<![\\s\\S])';
      case 'string_end':
        return '(?![\\s\\S])';
      case 'string_end_newline':
        return '(?=\\n?(?![\\s\\S]))';
      case 'word_boundary':
        return negate
          ? `(?:(?<=${WORD})(?=${WORD})|(?<!${WORD})(?!${WORD}))`
          : `(?:(?<=${WORD})(?!${WORD})|(?<!${WORD})(?=${WORD}))`;
      case 'search_start':
        return this.refuse('\\G');
      case 'text_segment_boundary':
        return this.refuse('\\y');
    }
  }

  private set(node: CharacterSetNode, modes: Modes): string {
    if (node.kind === 'dot') return modes.dotAll ? '[\\s\\S]' : except('\\n');
    if (node.kind === 'any') return '[\\s\\S]';
    if (node.kind === 'word') return node.negate === true ? except(WORD) : WORD;
    return `[${this.setInClass(node, modes)}]`;
  }

  /** As an operand of a class. */
  private setInClass(node: CharacterSetNode, modes: Modes): string {
    const content = this.setContent(node);
    if (modes.ignoreCase && (node.kind === 'property' || node.kind === 'posix')) this.refuse('a property in any case');
    return node.negate === true ? except(content) : `[${content}]`;
  }

  private setContent(node: CharacterSetNode): string {
    switch (node.kind) {
      case 'digit':
        return property('Nd');
      case 'space':
        return '\\p{White_Space}';
      case 'hex':
        return '0-9A-Fa-f';
      case 'word':
        return WORD_IN_CLASS;
      case 'posix':
        return (Object.hasOwn(POSIX, node.value) ? POSIX[node.value] : undefined) ?? this.refuse(`[:${node.value}:]`);
      case 'property':
        return PROPERTIES.get(slug(node.value)) ?? this.refuse(`\\p{${node.value}}`);
      case 'newline':
        return this.refuse(node.negate === true ? '\\N' : '\\R');
      default:
        return this.refuse(node.kind === 'text_segment' ? '\\X' : `a set (${node.kind})`);
    }
  }

  private class(node: CharacterClassNode, modes: Modes): string {
    if (node.kind === 'intersection') {
      if (node.negate) this.refuse('an intersection of classes that is negated');
      return `[${node.body.map((one) => this.operand(one, modes)).join('&&')}]`;
    }
    const content = node.body.map((one) => this.member(one, modes)).join('');
    return node.negate ? except(content) : `[${content}]`;
  }

  private operand(node: CharacterClassElementNode, modes: Modes): string {
    return node.type === 'CharacterClass' ? this.class(node, modes) : `[${this.member(node, modes)}]`;
  }

  private member(node: CharacterClassElementNode, modes: Modes): string {
    switch (node.type) {
      case 'Character':
        return modes.ignoreCase ? this.anyCase(node.value) : escaped(node.value);
      case 'CharacterClassRange': {
        const [min, max] = [node.min.value, node.max.value];
        if (!modes.ignoreCase) return `${escaped(min)}-${escaped(max)}`;
        if (max >= 0x80) this.refuse('characters beyond ASCII in any case');
        return Array.from({ length: max - min + 1 }, (_, i) => this.anyCase(min + i)).join('');
      }
      case 'CharacterSet':
        return this.setInClass(node, modes);
      case 'CharacterClass':
        return this.class(node, modes);
    }
  }

  /** The content of a class: a character of ASCII, and what it is in the other case. */
  private anyCase(value: number): string {
    if (value >= 0x80) return this.refuse('characters beyond ASCII in any case');
    const lower = String.fromCharCode(value).toLowerCase();
    if (lower < 'a' || lower > 'z') return escaped(value);
    return `${lower}${lower.toUpperCase()}${FOLDED[lower] ?? ''}`;
  }
}

/** Names of properties and brackets may be written in any case, with blanks, hyphens and underscores. */
function slug(name: string): string {
  return name.replace(/[ _-]/g, '').toLowerCase();
}

function canBeEmpty(node: Node): boolean {
  switch (node.type) {
    case 'Character':
    case 'CharacterSet':
    case 'CharacterClass':
      return false;
    case 'Quantifier':
      return node.min === 0 || canBeEmpty(node.body);
    case 'Group':
    case 'CapturingGroup':
      return node.body.some(({ body }) => body.every(canBeEmpty));
    default:
      return true;
  }
}
