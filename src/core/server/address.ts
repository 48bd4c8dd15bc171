/**
 * A server's address as traces and settings name it: without the slashes at its end, and without the `/v1` that every
 * address may have.
 */
export function plainAddress({ origin, pathname }: { readonly origin: string; readonly pathname: string }): string {
  let end = pathname.length;
  while (pathname[end - 1] === '/') end--;
  const path = pathname.slice(0, end);
  return origin + (path.endsWith('/v1') ? path.slice(0, -'/v1'.length) : path);
}
