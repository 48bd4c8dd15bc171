import { nullable, object, typedArray } from '../core/check/check';
import { nothing, request, type ApiOf } from './request';

/** Bytes of a picture, at most. */
const MOST_BYTES = 16_000_000;

/** What the page that turns a picture of lines into one of pixels asks for and brings. */
export const PICTURE = {
  source: request(nothing).gives<{
    readonly svg: string;
    readonly label: string;
    /** Pixels of a unit of the picture. */
    readonly scale: number;
  }>(),
  /** The picture as a PNG file; null where it could not be drawn. */
  drawn: request(
    object({ png: nullable(typedArray<Uint8Array<ArrayBuffer>>(Uint8Array, { max: MOST_BYTES })) }),
  ).gives<null>(),
} as const;
export type PictureApi = ApiOf<typeof PICTURE>;
