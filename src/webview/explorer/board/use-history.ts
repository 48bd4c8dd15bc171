import { useRef } from 'preact/hooks';

/** Prompts that can be come back to. */
const MOST = 100;

export interface History {
  readonly canUndo: boolean;
  /** What is put from here on is undone together. */
  readonly mark: () => void;
  readonly put: (prompt: string) => void;
  /** @returns whether there was something to undo. */
  readonly undo: () => boolean;
}

/** What the prompt was before each edit of its board, as long as the page lives. */
export function useHistory(prompt: string, onPrompt: (prompt: string) => void): History {
  const before = useRef<string[]>([]);
  const marked = useRef(true);
  return {
    canUndo: before.current.length > 0,
    mark: () => {
      marked.current = true;
    },
    put: (next) => {
      if (marked.current) {
        before.current.push(prompt);
        if (before.current.length > MOST) before.current.shift();
      }
      marked.current = false;
      onPrompt(next);
    },
    undo: () => {
      const last = before.current.pop();
      if (last === undefined) return false;
      marked.current = true;
      onPrompt(last);
      return true;
    },
  };
}
