import { Component, type ComponentChildren, type ComponentType, type FunctionComponent, h } from 'preact';

/**
 * A component that renders again only where a property has changed: for many small ones below something that changes
 * with every move of the pointer. (`preact/compat` has one too, with the rest of React around it.)
 */
export function memo<Props extends object>(render: FunctionComponent<Props>): ComponentType<Props> {
  return class extends Component<Props> {
    override shouldComponentUpdate(next: Readonly<Props>): boolean {
      const keys = new Set([...Object.keys(this.props), ...Object.keys(next)]) as Set<keyof Props>;
      return [...keys].some((key) => !Object.is(this.props[key], next[key]));
    }

    override render(): ComponentChildren {
      return h(render, this.props as Props);
    }
  };
}
