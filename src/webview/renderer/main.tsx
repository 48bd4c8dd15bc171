import { render, type VNode } from 'preact';
import { LIFE_RESULT_MIME, readLifeResult } from '../../core/notebook/life-result';
import { readRunResult } from '../../core/notebook/result';
import { LifeView } from './life-view';
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
  readonly mime: string;
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
      render(view(item, context), root);
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

function view(item: OutputItem, { postMessage }: RendererContext): VNode {
  try {
    if (item.mime === LIFE_RESULT_MIME) {
      const result = readLifeResult(item.json());
      const open = postMessage ? (step: number) => postMessage({ type: 'openBoard', result, step }) : null;
      return <LifeView result={result} onOpen={open} />;
    }
    const result = readRunResult(item.json());
    const open = postMessage ? () => postMessage({ type: 'openRun', result }) : null;
    return <Result key={result.trace.header.id} result={result} onOpen={open} />;
  } catch (error) {
    return (
      <p class="result-problem" role="alert">
        {error instanceof Error ? error.message : String(error)}
      </p>
    );
  }
}
