/**
 * Runs in the page before the webview's own script, in the place of what VS Code puts there: the API object, the theme
 * on `<html>` and `<body>`, and the messages from the extension.
 */
import { decodeClone, encodeClone } from './clone';

/** What a theme sets on the page. */
export interface PageTheme {
  /** `vscode-dark`, `vscode-light`, `vscode-high-contrast`, `vscode-high-contrast-light` */
  readonly kind: string;
  readonly name: string;
  /** Values of the `--vscode-*` custom properties, without the two dashes. */
  readonly variables: Readonly<Record<string, string>>;
}

export interface PageSetup {
  readonly theme: PageTheme;
  /** What an earlier life of the webview had given to `setState`, encoded. */
  readonly state: string | null;
  readonly reducedMotion: boolean;
}

declare global {
  interface Window {
    /** Given by the test: carries an encoded message to the extension's side. */
    vivariumPost(message: string): Promise<void>;
    vivariumSetup: PageSetup;
    vivariumPage: {
      receive(message: string): void;
      setTheme(theme: PageTheme): void;
      state(): string | null;
      violations(): string[];
    };
  }
}

function applyTheme(theme: PageTheme): void {
  const { documentElement: html, body } = document;
  html.removeAttribute('style');
  for (const [name, value] of Object.entries(theme.variables)) html.style.setProperty(`--${name}`, value);
  body.classList.remove('vscode-dark', 'vscode-light', 'vscode-high-contrast', 'vscode-high-contrast-light');
  body.classList.add(theme.kind);
  // VS Code gives a light high-contrast theme both classes.
  if (theme.kind === 'vscode-high-contrast-light') body.classList.add('vscode-high-contrast');
  body.dataset['vscodeThemeKind'] = theme.kind;
  body.dataset['vscodeThemeName'] = theme.name;
  body.dataset['vscodeThemeId'] = theme.name;
}

function install(setup: PageSetup): void {
  let state = setup.state;
  const violations: string[] = [];
  document.addEventListener('securitypolicyviolation', (event) => {
    violations.push(`${event.effectiveDirective} ${event.blockedURI}`);
  });
  applyTheme(setup.theme);
  if (setup.reducedMotion) document.body.classList.add('vscode-reduce-motion');

  const api = Object.freeze({
    postMessage: (message: unknown): void => void window.vivariumPost(encodeClone(message)),
    setState: (next: unknown): unknown => {
      state = encodeClone(next);
      return next;
    },
    getState: (): unknown => (state === null ? undefined : decodeClone(state)),
  });
  let acquired = false;
  Object.assign(globalThis, {
    acquireVsCodeApi: () => {
      if (acquired) throw new Error('An instance of the VS Code API has already been acquired');
      acquired = true;
      return api;
    },
  });
  window.vivariumPage = {
    receive: (message) => window.dispatchEvent(new MessageEvent('message', { data: decodeClone(message) })),
    setTheme: applyTheme,
    state: () => state,
    violations: () => [...violations],
  };
}

install(window.vivariumSetup);
