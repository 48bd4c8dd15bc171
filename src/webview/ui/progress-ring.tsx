import './progress-ring.css';

/** Something is under way and nobody knows how long it takes; the text beside it says what. */
export function ProgressRing() {
  return (
    <svg class="progress-ring" width="16" height="16" viewBox="0 0 16 16" aria-hidden="true">
      <circle cx="8" cy="8" r="6.5" fill="none" stroke="currentColor" stroke-width="1.5" stroke-dasharray="14 100" />
    </svg>
  );
}
