/** Pictures of 16 by 16 pixels in lines, in the colour of the text around them. */
const PATHS = {
  draw: 'M3 13l.6-2.9 7.2-7.2a1.2 1.2 0 0 1 1.7 0l.6.6a1.2 1.2 0 0 1 0 1.7L5.9 12.4 3 13ZM9.8 3.9l2.3 2.3',
  erase:
    'M6.2 13h7M3.2 10.4l6.5-7a1.2 1.2 0 0 1 1.7 0l2 1.9a1.2 1.2 0 0 1 0 1.7L8 12.9H5.5l-2.3-1a1 1 0 0 1 0-1.5ZM6.7 6.7l3.8 3.6',
  select:
    'M2.5 5V3.5a1 1 0 0 1 1-1H5M7 2.5h2M11 2.5h1.5a1 1 0 0 1 1 1V5M13.5 7v2M13.5 11v1.5a1 1 0 0 1-1 1H11M9 13.5H7M5 13.5H3.5a1 1 0 0 1-1-1V11M2.5 9V7',
  pan: 'M8 2v12M2 8h12M6.2 3.8 8 2l1.8 1.8M6.2 12.2 8 14l1.8-1.8M3.8 6.2 2 8l1.8 1.8M12.2 6.2 14 8l-1.8 1.8',
  rotate: 'M12.6 5.2A5.2 5.2 0 1 0 13.2 9M13 2.4v3h-3',
  'flip-x': 'M8 2v12M6 4.2v7.6L2 11.8zM10 4.2v7.6l4 0z',
  'flip-y': 'M2 8h12M4.2 6h7.6L11.8 2zM4.2 10h7.6v4z',
  dice: 'M4 2.5h8A1.5 1.5 0 0 1 13.5 4v8a1.5 1.5 0 0 1-1.5 1.5H4A1.5 1.5 0 0 1 2.5 12V4A1.5 1.5 0 0 1 4 2.5ZM5.7 5.7h.01M10.3 5.7h.01M8 8h.01M5.7 10.3h.01M10.3 10.3h.01',
  clear:
    'M2.5 4.5h11M6 4.5v-1A1 1 0 0 1 7 2.5h2a1 1 0 0 1 1 1v1M4 4.5l.6 8a1 1 0 0 0 1 1h4.8a1 1 0 0 0 1-1l.6-8M6.7 7v4M9.3 7v4',
  undo: 'M5.5 3 2.5 6l3 3M2.7 6h6.8a3.5 3.5 0 0 1 0 7H7',
  redo: 'M10.5 3l3 3-3 3M13.3 6H6.5a3.5 3.5 0 0 0 0 7H9',
  first: 'M3.5 3v10M12.5 3.5v9L6 8z',
  back: 'M11.5 3v10L4.5 8z',
  play: 'M4.5 3v10L12.5 8z',
  pause: 'M5.5 3v10M10.5 3v10',
  step: 'M3.5 3.5v9L10 8zM12.5 3v10',
  minus: 'M3 8h10',
  plus: 'M3 8h10M8 3v10',
  fit: 'M2.5 5.5v-3h3M10.5 2.5h3v3M13.5 10.5v3h-3M5.5 13.5h-3v-3M6 6h4v4H6z',
  help: 'M6 6.2a2 2 0 1 1 2.9 1.8c-.6.3-.9.7-.9 1.4M8 11.6h.01M8 1.8a6.2 6.2 0 1 1 0 12.4A6.2 6.2 0 0 1 8 1.8Z',
  down: 'M4 6.2 8 10l4-3.8',
  up: 'M4 9.8 8 6l4 3.8',
} as const;

export type LifeIconName = keyof typeof PATHS;

/** A picture that says nothing the text beside it, or the label around it, does not say. */
export function LifeIcon({ name }: { readonly name: LifeIconName }) {
  return (
    <svg
      class="icon"
      width="16"
      height="16"
      viewBox="0 0 16 16"
      fill="none"
      stroke="currentColor"
      stroke-width="1.2"
      stroke-linecap="round"
      stroke-linejoin="round"
      aria-hidden="true"
    >
      <path d={PATHS[name]} />
    </svg>
  );
}
