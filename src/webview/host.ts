/** The editor's side of a webview, as VS Code gives it to the page. */
export interface WebviewHost {
  postMessage(message: unknown): void;
  getState(): unknown;
  setState(state: unknown): void;
}

declare function acquireVsCodeApi(): WebviewHost;

/** May be called once in the life of a page. */
export function acquireHost(): WebviewHost {
  return acquireVsCodeApi();
}
