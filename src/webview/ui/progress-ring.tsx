import { h } from 'preact';
import './toolkit';

/** Something is under way and nobody knows how long it takes; the text beside it says what. */
export function ProgressRing(props: { readonly class?: string }) {
  return h('vscode-progress-ring', { class: props.class, 'aria-hidden': 'true' });
}
