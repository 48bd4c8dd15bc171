import { defineConfig } from 'eslint/config';
import tseslint from 'typescript-eslint';
import { runtimeImports } from './scripts/lib/importRule.mjs';

export default defineConfig(
  { ignores: ['dist/', '.cache/', 'node_modules/', 'test-artifacts/', 'models/', 'samples/', 'training/', 'media/'] },
  {
    files: ['**/*.ts', '**/*.tsx'],
    extends: [...tseslint.configs.recommendedTypeChecked],
    languageOptions: {
      parserOptions: {
        project: ['./src/*/tsconfig.json', './test/tsconfig.json'],
        tsconfigRootDir: import.meta.dirname,
      },
    },
    rules: {
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': [
        'error',
        { checksVoidReturn: { arguments: false, attributes: false } },
      ],
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      // An async handler without an await is a plain implementation of an asynchronous interface.
      '@typescript-eslint/require-await': 'off',
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      'no-console': 'error',
    },
  },
  {
    files: ['src/**/*.ts', 'src/**/*.tsx'],
    plugins: { vivarium: { rules: { 'runtime-imports': runtimeImports } } },
    rules: { 'vivarium/runtime-imports': 'error' },
  },
  {
    // node:test returns promises from `test` and `describe` that the runner itself waits for.
    files: ['test/**/*.ts', 'test/**/*.tsx'],
    rules: {
      '@typescript-eslint/no-floating-promises': [
        'error',
        {
          allowForKnownSafeCalls: [
            {
              from: 'package',
              name: ['test', 'it', 'describe', 'suite', 'before', 'after', 'beforeEach', 'afterEach'],
              package: 'node:test',
            },
          ],
        },
      ],
    },
  },
  {
    // The terminal is the user interface there.
    files: [
      'src/cli/**/*.ts',
      'test/harness/**/*.ts',
      'test/integration/**/*.ts',
      'test/bench/**/*.ts',
      'test/screens/**/*.ts',
    ],
    rules: { 'no-console': 'off' },
  },
  {
    // Names of models, prompts and tokens are anyone's text: Markdown is made by a template that takes them for text.
    files: ['src/extension/**/*.ts'],
    ignores: ['src/extension/markdown.ts'],
    rules: {
      'no-restricted-syntax': [
        'error',
        {
          selector: "NewExpression[callee.property.name='MarkdownString']",
          message: 'Use markdownString of markdown.ts.',
        },
      ],
    },
  },
  {
    // Names and errors of files and servers are anyone's text: one place keeps their control characters from the terminal.
    files: ['src/cli/**/*.ts'],
    ignores: ['src/cli/terminal.ts'],
    rules: {
      'no-console': 'error',
      'no-restricted-syntax': [
        'error',
        {
          selector: "MemberExpression[object.name='process'][property.name=/^std(out|err)$/]",
          message: 'What the command writes goes through terminal.ts.',
        },
      ],
    },
  },
);
