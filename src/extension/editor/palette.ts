import * as vscode from 'vscode';
import { css, hex, inkOn, rampAt, type Rgb } from '../../core/colour/colour';
import { FULL_BITS, surprisalStops } from '../../core/colour/surprisal';

/** Shades that are told apart, as decorations cannot be mixed. */
export const CLASSES = 24;
/** Bits below which nothing is painted. */
const FAINT_BITS = 0.05;

/** The shade of a surprisal in bits, from 0; null where nothing is painted. */
export function classOf(surprisal: number | null): number | null {
  if (surprisal === null || surprisal < FAINT_BITS) return null;
  return Math.min(CLASSES - 1, Math.floor((surprisal / FULL_BITS) * CLASSES));
}

/**
 * One decoration a shade, for both kinds of themes. The grounds are those of VS Code's own themes: an extension is not told
 * the colours of the one in force. In high contrast a fill is outlined, the stronger the more surprising.
 */
export function createPalette(highContrast: boolean): readonly vscode.TextEditorDecorationType[] {
  return Array.from({ length: CLASSES }, (_, shade) => {
    const place = (shade + 0.5) / CLASSES;
    const look = (ground: Rgb, foreground: Rgb, dark: boolean): vscode.ThemableDecorationRenderOptions => {
      const fill = rampAt(surprisalStops(ground, dark), place);
      return {
        backgroundColor: css(fill),
        color: css(inkOn(fill, foreground)),
        ...(highContrast
          ? { border: `${place > 0.5 ? 'solid' : 'dotted'} 1px`, borderColor: new vscode.ThemeColor('contrastBorder') }
          : {}),
      };
    };
    return vscode.window.createTextEditorDecorationType({
      rangeBehavior: vscode.DecorationRangeBehavior.ClosedClosed,
      borderRadius: '2px',
      dark: look(hex(highContrast ? '#000000' : '#1F1F1F'), hex('#CCCCCC'), true),
      light: look(hex('#FFFFFF'), hex('#3B3B3B'), false),
    });
  });
}
