import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { whyForbidden } from './runtimes.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
/** @param {string} file */
const toProject = (file) => path.relative(root, file).split(path.sep).join('/');

/** ESLint rule: a file imports only what exists where it runs. @type {import('eslint').Rule.RuleModule} */
export const runtimeImports = {
  meta: { type: 'problem', schema: [], messages: { forbidden: '{{why}} (rules: scripts/lib/runtimes.mjs).' } },
  create(context) {
    const file = toProject(context.filename);

    /** @param {any} source @param {boolean} typeOnly */
    const check = (source, typeOnly) => {
      if (typeof source?.value !== 'string') return;
      const written = source.value;
      const target = written.startsWith('.')
        ? toProject(path.resolve(path.dirname(context.filename), written))
        : written;
      const why = whyForbidden(file, target, typeOnly);
      if (why !== null) context.report({ node: source, messageId: 'forbidden', data: { why } });
    };

    return {
      ImportDeclaration: (/** @type {any} */ node) => check(node.source, node.importKind === 'type'),
      ExportNamedDeclaration: (/** @type {any} */ node) => check(node.source, node.exportKind === 'type'),
      ExportAllDeclaration: (/** @type {any} */ node) => check(node.source, node.exportKind === 'type'),
      ImportExpression: (/** @type {any} */ node) => check(node.source, false),
      TSImportType: (/** @type {any} */ node) => check(node.source ?? node.argument?.literal, true),
    };
  },
};
