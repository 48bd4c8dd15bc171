import { Segmented } from '../../components/segmented';

export type AttentionMode = 'grid' | 'tokens';

const MODES = [
  { name: 'grid', title: 'Board', hint: 'Where heads look on the board, cell by cell.' },
  { name: 'tokens', title: 'Tokens', hint: 'The map of all tokens.' },
] as const;

/** Attention of a Life run on the board, or as that of any text. */
export function ModeSwitch({ mode, onMode }: { readonly mode: AttentionMode; readonly onMode: () => void }) {
  return (
    <Segmented
      label="Show attention"
      options={MODES}
      value={mode}
      onChange={(next) => {
        if (next !== mode) onMode();
      }}
    />
  );
}
