import { drawMark } from '../../components/board-painter';
import { Canvas } from '../../components/canvas';
import type { ThemeInfo } from '../../components/theme';
import './error-legend.css';

const MARKS = [
  ['own, false birth', 'plus', true],
  ['own, false death', 'ring', true],
  ['inherited, false birth', 'plus', false],
  ['inherited, false death', 'ring', false],
] as const;

/** The four marks of wrong cells, told apart by shape and by fill. */
export function ErrorLegend({ theme, inherited }: { readonly theme: ThemeInfo; readonly inherited: boolean }) {
  return (
    <ul class="error-legend">
      {MARKS.filter(([, , own]) => own || inherited).map(([text, shape, own]) => (
        <li key={text}>
          <Canvas
            width={18}
            height={18}
            draw={(context, pixel) => drawMark(context, { x: 0, y: 0, cell: 18, pixel, theme }, { shape, own })}
          />
          {inherited ? text : text.replace('own, ', '')}
        </li>
      ))}
    </ul>
  );
}
