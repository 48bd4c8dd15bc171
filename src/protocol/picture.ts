import type { Call } from './call';

/** What the page that turns a picture of lines into one of pixels asks for and brings. */
export interface PictureApi {
  source: Call<
    Record<string, never>,
    { readonly svg: string; readonly label: string; /** Pixels of a unit of the picture. */ readonly scale: number }
  >;
  /** The picture as a PNG file; null where it could not be drawn. */
  drawn: Call<{ readonly png: Uint8Array | null }, null>;
}
