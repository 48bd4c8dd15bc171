type Translate = (message: string, ...values: (string | number | boolean)[]) => string;

let translate: Translate = (message, ...values) =>
  message.replace(/\{(\d+)\}/g, (found, at: string) => String(values[Number(at)] ?? found));

/** Texts for people, as `vscode.l10n` has them, for what also runs where there is no editor: there they stay as written. */
export const l10n = {
  /** `{0}`, `{1}`, … stand for the values. */
  t: (...text: Parameters<Translate>): string => translate(...text),
};

/** From now on texts are in the language of the editor. */
export function translateWith(translator: Translate): void {
  translate = translator;
}
