import { useRef } from 'preact/hooks';

/** What an element needs to be dragged over. */
export interface DragHandlers {
  readonly onPointerDown: (event: PointerEvent & { readonly currentTarget: HTMLElement }) => void;
  readonly onPointerMove: (event: PointerEvent & { readonly currentTarget: HTMLElement }) => void;
  readonly onPointerUp: () => void;
  readonly onPointerCancel: () => void;
}

/**
 * A picture that is pressed on and dragged over, also beyond its edges.
 * @param onPoint CSS pixels from the picture's upper left corner, and the picture's width; when it is pressed, and at every move
 *   until it is let go.
 */
export function useDrag(onPoint: (x: number, y: number, width: number) => void): DragHandlers {
  const dragging = useRef(false);
  const point = ({ currentTarget, clientX, clientY }: PointerEvent & { readonly currentTarget: HTMLElement }): void => {
    const { left, top, width } = currentTarget.getBoundingClientRect();
    onPoint(clientX - left, clientY - top, width);
  };
  const end = (): void => {
    dragging.current = false;
  };
  return {
    onPointerDown: (event) => {
      dragging.current = true;
      event.currentTarget.setPointerCapture(event.pointerId);
      point(event);
    },
    onPointerMove: (event) => {
      if (dragging.current) point(event);
    },
    onPointerUp: end,
    onPointerCancel: end,
  };
}
