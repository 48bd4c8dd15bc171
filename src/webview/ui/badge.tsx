import { type ComponentChildren, h } from 'preact';
import './toolkit';

/** A short word about what stands before it. */
export function Badge(props: { readonly children: ComponentChildren; readonly class?: string }) {
  return h('vscode-badge', { class: props.class }, props.children);
}

/** A fact about a thing, such as its type. */
export function Tag(props: { readonly children: ComponentChildren; readonly class?: string; readonly title?: string }) {
  return h('vscode-tag', { class: props.class, title: props.title }, props.children);
}
