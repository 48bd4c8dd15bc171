/** Style sheets of the bundle: the build turns each imported sheet into a call. They hold in the shadow of a result alone. */
const sheets: string[] = [];

export function addSheet(text: string): void {
  sheets.push(text);
}

let shared: CSSStyleSheet | undefined;

/** All sheets as one, made with the first result. */
export function sharedSheet(): CSSStyleSheet {
  if (!shared) {
    shared = new CSSStyleSheet();
    shared.replaceSync(sheets.join('\n'));
  }
  return shared;
}
