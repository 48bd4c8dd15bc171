import { readFileSync } from 'node:fs';
import path from 'node:path';
import { root } from '../../scripts/lib/run.mjs';
import type { PageTheme } from './page/host';

/** The four kinds of theme, each by the one of VS Code's own that the tests use. */
export const themeNames = {
  dark: 'Default Dark Modern',
  light: 'Default Light Modern',
  'high-contrast': 'Default High Contrast',
  'high-contrast-light': 'Default High Contrast Light',
} as const;

/** What VS Code's own picker calls them. */
export const themeLabels = {
  dark: 'Dark Modern',
  light: 'Light Modern',
  'high-contrast': 'Dark High Contrast',
  'high-contrast-light': 'Light High Contrast',
} as const;

export type ThemeId = keyof typeof themeNames;
export const themeIds = Object.keys(themeNames) as ThemeId[];

interface ColourDefaults {
  readonly dark: string;
  readonly light: string;
  readonly highContrast: string;
  readonly highContrastLight?: string;
}

const variableOf = (id: string): string => `vscode-${id.replaceAll('.', '-')}`;

/** The extension's own colours, as VS Code resolves their defaults: a colour, or the id of another one. */
function contributedColours(id: ThemeId, known: Readonly<Record<string, string>>): Record<string, string> {
  const manifest = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as {
    contributes?: { colors?: { id: string; defaults: ColourDefaults }[] };
  };
  const resolved: Record<string, string> = {};
  for (const { id: colour, defaults } of manifest.contributes?.colors ?? []) {
    const own = {
      dark: defaults.dark,
      light: defaults.light,
      'high-contrast': defaults.highContrast,
      'high-contrast-light': defaults.highContrastLight ?? defaults.highContrast,
    }[id];
    const value = own.startsWith('#') ? own : (known[variableOf(own)] ?? resolved[variableOf(own)]);
    if (value !== undefined) resolved[variableOf(colour)] = value;
  }
  return resolved;
}

/** A theme as VS Code gives it to a webview: captured from the real one by `captureThemes.ts`. */
export function themeOf(id: ThemeId): PageTheme {
  const file = path.join(root, 'test/harness/themes', `${id}.json`);
  const variables = JSON.parse(readFileSync(file, 'utf8')) as Record<string, string>;
  return {
    kind: `vscode-${id}`,
    name: themeNames[id],
    variables: { ...variables, ...contributedColours(id, variables) },
  };
}

/** The style sheet that VS Code puts under every webview's own; captured likewise. */
export function defaultStyles(): string {
  return readFileSync(path.join(root, 'test/harness/themes/webview.css'), 'utf8');
}
