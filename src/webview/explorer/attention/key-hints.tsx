import './key-hints.css';

/** What the keys do on the map, which names them as its description. */
export function KeyHints() {
  return (
    <p class="key-hints" id="attention-keys">
      <span>
        <kbd aria-label="Up">↑</kbd>
        <kbd aria-label="Down">↓</kbd> query
      </span>
      <span>
        <kbd aria-label="Left">←</kbd>
        <kbd aria-label="Right">→</kbd> key
      </span>
      <span>
        <kbd>[</kbd>
        <kbd>]</kbd> head
      </span>
      <span>
        <kbd>X</kbd> without
      </span>
    </p>
  );
}
