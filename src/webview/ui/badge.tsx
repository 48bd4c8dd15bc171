import type { ComponentChildren } from 'preact';
import './badge.css';

/** A short word about what stands before it. */
export function Badge(props: { readonly children: ComponentChildren; readonly title?: string }) {
  return (
    <span class="badge" title={props.title}>
      {props.children}
    </span>
  );
}

/** A fact about a thing, such as its type. */
export function Tag(props: { readonly children: ComponentChildren; readonly title?: string }) {
  return (
    <span class="tag" title={props.title}>
      {props.children}
    </span>
  );
}
