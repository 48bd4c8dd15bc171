import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import ts from 'typescript';
import { Markdown, markdown } from '../../../src/core/text/markdown';

const extension = path.resolve(import.meta.dirname, '../../../src/extension');
const NAMES = [
  '![t](https://a.b/c)',
  '[t](command:x)',
  '<img src=x>',
  'a\\',
  '`',
  '``',
  'a|b',
  'https://a.b',
  '*a*',
  '# a',
  ' a ',
];
const text = fc.oneof(
  fc.constantFrom(...NAMES),
  fc.string({ unit: 'binary' }),
  fc.string({ unit: fc.constantFrom(...'`\\|*![]()<> \n\ta') }),
);

/** What Markdown shows for text without any syntax. */
const shown = (value: string): string =>
  value.replace(/&#(\d+);/g, (_, code: string) => String.fromCharCode(Number(code)));

describe('Markdown that is built from texts of others', () => {
  it('has nothing in them that is Markdown, and shows every character', () => {
    fc.assert(
      fc.property(text, (name) => {
        const { value } = markdown`**${name}**`;
        const inside = value.slice(2, -2);
        assert.doesNotMatch(inside.replace(/&#\d+;|(?<=\d)\.(?=\d)/g, ''), /[!-/:-@[-`{-~\u0000-\u001f]/);
        if (!/[\u0000-\u001f\u007f-\u009f]/.test(name)) assert.equal(shown(inside), name);
      }),
      { numRuns: 1000 },
    );
  });

  it('has code spans that end where they are to, in cells of tables as well', () => {
    fc.assert(
      fc.property(text, (name) => {
        const { value } = Markdown.code(name);
        if (value.startsWith('`')) assert.match(value, /^`[^`|\\\n]+`$/);
        else assert.doesNotMatch(value.replace(/&#\d+;|(?<=\d)\.(?=\d)/g, ''), /[!-/:-@[-`{-~\u0000-\u001f]/);
      }),
      { numRuns: 1000 },
    );
    assert.equal(Markdown.code('the').value, '`the`');
    assert.equal(Markdown.code('a\\').value, 'a&#92;');
    assert.equal(Markdown.code('|').value, '&#124;');
  });

  it('is all that the extension shows: each MarkdownString is made of it, and trusts nothing', () => {
    const made: string[] = [];
    for (const file of readdirSync(extension, { recursive: true, encoding: 'utf8' })) {
      if (!file.endsWith('.ts')) continue;
      const source = ts.createSourceFile(
        file,
        readFileSync(path.join(extension, file), 'utf8'),
        ts.ScriptTarget.Latest,
        true,
      );
      const visit = (node: ts.Node): void => {
        if (ts.isNewExpression(node) && node.expression.getText().endsWith('MarkdownString'))
          made.push(`${file}: ${node.getText()}`);
        if (ts.isIdentifier(node)) {
          assert.ok(
            !['appendMarkdown', 'isTrusted', 'supportHtml', 'MarkedString'].includes(node.text) ||
              file === 'servers/settings.ts' ||
              node.parent.getText().includes('workspace.isTrusted'),
            `${file} uses ${node.text}`,
          );
        }
        ts.forEachChild(node, visit);
      };
      visit(source);
    }
    assert.deepEqual(made, ['markdown.ts: new vscode.MarkdownString(value)']);
  });
});
