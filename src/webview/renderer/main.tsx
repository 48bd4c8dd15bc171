import { render } from 'preact';
import { type RunResult, readRunResult } from '../../core/notebook/result';
import { Result } from './result';
import { sharedSheet } from './sheets';
import '../components/page.css';
import './renderer.css';

/** What of VS Code's renderer API is used; its types are a package of their own. */
interface RendererContext {
  readonly postMessage?: (message: unknown) => void;
}

interface OutputItem {
  readonly id: string;
  json(): unknown;
}

/** Draws results of Vivarium in notebooks, each in a shadow of its own: other renderers share the page. */
export function activate(context: RendererContext) {
  const roots = new Map<string, ShadowRoot>();
  return {
    renderOutputItem(item: OutputItem, element: HTMLElement): void {
      const root = element.shadowRoot ?? element.attachShadow({ mode: 'open' });
      root.adoptedStyleSheets = [sharedSheet()];
      roots.set(item.id, root);
      const { result, problem } = read(item);
      const send = context.postMessage;
      const open = send && result ? () => send({ type: 'openRun', result }) : null;
      render(
        result ? (
          <Result key={result.trace.header.id} result={result} onOpen={open} />
        ) : (
          <p class="result-problem" role="alert">
            {problem}
          </p>
        ),
        root,
      );
    },
    disposeOutputItem(id?: string): void {
      for (const [item, root] of roots) {
        if (id !== undefined && id !== item) continue;
        render(null, root);
        roots.delete(item);
      }
    },
  };
}

function read(item: OutputItem): { readonly result: RunResult | null; readonly problem: string } {
  try {
    return { result: readRunResult(item.json()), problem: '' };
  } catch (error) {
    return { result: null, problem: error instanceof Error ? error.message : String(error) };
  }
}
