import { useEffect, useState } from 'preact/hooks';
import { type Rgb, css, hex, luminance, mix } from '../../core/colour/colour';

export type ThemeKind = 'dark' | 'light' | 'high-contrast' | 'high-contrast-light';

/** What canvases need of the theme on show. A new object with a new `version` for every change of theme. */
export interface ThemeInfo {
  readonly kind: ThemeKind;
  /** Light ink on a dark ground. */
  readonly dark: boolean;
  readonly highContrast: boolean;
  readonly reducedMotion: boolean;
  /** Changes with every change of theme: a dependency for effects that draw. */
  readonly version: number;
  readonly fontFamily: string;
  readonly editorFontFamily: string;
  /** Opaque colours, composited over the editor's background where the theme gives them an alpha. */
  readonly colours: ThemeColours;
}

export interface ThemeColours {
  /** `editor.background`: stop 0 of every ramp. */
  readonly background: Rgb;
  readonly sideBackground: Rgb;
  readonly foreground: Rgb;
  /** `descriptionForeground`: axis labels, captions. */
  readonly muted: Rgb;
  /** `panel.border`: rules. */
  readonly border: Rgb;
  /** Lines behind data: as quiet as the theme allows. */
  readonly grid: Rgb;
  /** Beside what belongs to the prompt: `--viv-prompt`. */
  readonly prompt: Rgb;
  /** `focusBorder`: selection. */
  readonly focus: Rgb;
  /** `button.background` and `button.foreground`: the label of what is chosen. */
  readonly button: Rgb;
  readonly buttonInk: Rgb;
  /** `contrastActiveBorder`; null outside high contrast. */
  readonly contrastBorder: Rgb | null;
  readonly probability: Rgb;
  readonly surprisal: Rgb;
  readonly rejected: Rgb;
  readonly replacement: Rgb;
  readonly bonus: Rgb;
  /** Cells of Life: the model broke the rule, or kept it on a state that was wrong already. */
  readonly ownError: Rgb;
  readonly inheritedError: Rgb;
}

const FALLBACK = {
  dark: {
    background: '#1f1f1f',
    side: '#181818',
    foreground: '#cccccc',
    muted: '#9d9d9d',
    border: '#2b2b2b',
    focus: '#0078d4',
    probability: '#3f9bf0',
    surprisal: '#d9962b',
    rejected: '#f2705e',
    replacement: '#f0b13c',
    bonus: '#4fcba0',
    ownError: '#f2784b',
    inheritedError: '#5aa9f5',
  },
  light: {
    background: '#ffffff',
    side: '#f8f8f8',
    foreground: '#3b3b3b',
    muted: '#616161',
    border: '#e5e5e5',
    focus: '#005fb8',
    probability: '#1a76d2',
    surprisal: '#c27a12',
    rejected: '#cf3a22',
    replacement: '#a86200',
    bonus: '#0b8060',
    ownError: '#c8460f',
    inheritedError: '#1568c0',
  },
} as const;

let pixel: CanvasRenderingContext2D | null | undefined;

/** Any CSS colour over a ground, as the browser itself paints it. null where it is no colour. */
function paint(value: string, ground: Rgb): Rgb | null {
  if (value === '' || !CSS.supports('color', value)) return null;
  if (/^#[0-9a-f]{6}$/i.test(value)) return hex(value);
  pixel ??= Object.assign(document.createElement('canvas'), { width: 1, height: 1 }).getContext('2d', {
    willReadFrequently: true,
  });
  if (!pixel) return null;
  pixel.fillStyle = css(ground);
  pixel.fillRect(0, 0, 1, 1);
  pixel.fillStyle = value;
  pixel.fillRect(0, 0, 1, 1);
  const [red = 0, green = 0, blue = 0] = pixel.getImageData(0, 0, 1, 1).data;
  return [red, green, blue];
}

let versions = 0;

/** Reads the theme from the variables and classes that VS Code sets on the page. */
export function readTheme(): ThemeInfo {
  const style = getComputedStyle(document.documentElement);
  const variable = (name: string): string => style.getPropertyValue(`--vscode-${name}`).trim();
  const kind = themeKind();
  const guess = FALLBACK[kind === 'light' || kind === 'high-contrast-light' ? 'light' : 'dark'];
  const background = paint(variable('editor-background'), [0, 0, 0]) ?? hex(guess.background);
  const read = (fallback: string, ...names: string[]): Rgb => {
    for (const name of names) {
      const colour = paint(variable(name), background);
      if (colour) return colour;
    }
    return hex(fallback);
  };
  const foreground = read(guess.foreground, 'foreground', 'editor-foreground');
  const contrastBorder = paint(variable('contrastBorder'), background);
  const highContrast = kind === 'high-contrast' || kind === 'high-contrast-light';
  return {
    kind,
    dark: luminance(background) < 0.4,
    highContrast,
    reducedMotion: document.body.classList.contains('vscode-reduce-motion') || matchMedia(REDUCED_MOTION).matches,
    version: ++versions,
    fontFamily: variable('font-family') || 'sans-serif',
    editorFontFamily: variable('editor-font-family') || 'monospace',
    colours: {
      background,
      sideBackground: read(guess.side, 'sideBar-background'),
      foreground,
      muted: highContrast ? foreground : read(guess.muted, 'descriptionForeground'),
      border: contrastBorder
        ? mix(background, contrastBorder, 0.6)
        : read(guess.border, 'panel-border', 'widget-border'),
      grid: contrastBorder
        ? mix(background, contrastBorder, 0.32)
        : read(guess.border, 'panel-border', 'widget-border'),
      prompt: highContrast ? foreground : mix(background, foreground, 0.52),
      focus: read(guess.focus, 'focusBorder'),
      // High contrast may have buttons without a ground of their own.
      button: paint(variable('button-background'), background) ?? (highContrast ? background : hex(guess.focus)),
      buttonInk: paint(variable('button-foreground'), background) ?? (highContrast ? foreground : [255, 255, 255]),
      contrastBorder: highContrast ? (contrastBorder ?? foreground) : null,
      probability: read(guess.probability, 'vivarium-probability'),
      surprisal: read(guess.surprisal, 'vivarium-surprisal'),
      rejected: read(guess.rejected, 'vivarium-rejected'),
      replacement: read(guess.replacement, 'vivarium-replacement'),
      bonus: read(guess.bonus, 'vivarium-bonus'),
      ownError: read(guess.ownError, 'vivarium-ownError'),
      inheritedError: read(guess.inheritedError, 'vivarium-inheritedError'),
    },
  };
}

const REDUCED_MOTION = '(prefers-reduced-motion: reduce)';

function themeKind(): ThemeKind {
  const named = document.body.dataset['vscodeThemeKind'] ?? document.body.className;
  if (named.includes('vscode-high-contrast-light')) return 'high-contrast-light';
  if (named.includes('vscode-high-contrast')) return 'high-contrast';
  return named.includes('vscode-light') ? 'light' : 'dark';
}

/** The theme on show; the component renders again when it changes. */
export function useTheme(): ThemeInfo {
  const [theme, setTheme] = useState(readTheme);
  useEffect(() => {
    const update = (): void => setTheme(readTheme());
    const observer = new MutationObserver(update);
    const attributes = { attributes: true, attributeFilter: ['class', 'style', 'data-vscode-theme-kind'] };
    observer.observe(document.documentElement, attributes);
    observer.observe(document.body, attributes);
    const motion = matchMedia(REDUCED_MOTION);
    motion.addEventListener('change', update);
    return () => {
      observer.disconnect();
      motion.removeEventListener('change', update);
    };
  }, []);
  return theme;
}
