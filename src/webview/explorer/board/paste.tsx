import { useEffect, useRef, useState } from 'preact/hooks';
import { Icon } from '../../components/icon';
import { Button } from '../../ui/button';
import { TextArea } from '../../ui/text-area';

export interface PasteProps {
  /** @throws where the text is no pattern that fits. */
  readonly onPlace: (text: string) => void;
  readonly onClose: () => void;
}

/** A pattern as text, to be placed in the middle of the board. */
export function Paste({ onPlace, onClose }: PasteProps) {
  const [text, setText] = useState('');
  const [problem, setProblem] = useState<string | null>(null);
  const element = useRef<HTMLDivElement>(null);
  useEffect(() => element.current?.querySelector('textarea')?.focus(), []);
  const place = (): void => {
    try {
      onPlace(text);
    } catch (error) {
      setProblem(error instanceof Error ? error.message : String(error));
    }
  };
  return (
    <div
      class="board-paste"
      ref={element}
      onKeyDown={(event) => {
        if (event.key !== 'Escape') return;
        event.stopPropagation();
        onClose();
      }}
    >
      <TextArea
        label="Pattern as text"
        class="board-paste-text"
        value={text}
        placeholder={'RLE, plaintext, or rows of 0 and 1, such as\nbo$2bo$3o!'}
        invalid={problem !== null}
        onInput={(next) => {
          setText(next);
          setProblem(null);
        }}
        onKeyDown={(event) => {
          if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return;
          event.preventDefault();
          place();
        }}
      />
      {problem !== null && (
        <p class="prompt-problem" role="alert">
          <Icon name="error" /> {problem}
        </p>
      )}
      <div class="board-buttons">
        <Button appearance="primary" disabled={text.trim() === ''} onClick={place}>
          Place on the board
        </Button>
        <Button onClick={onClose}>Cancel</Button>
      </div>
    </div>
  );
}
