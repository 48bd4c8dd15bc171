import type { ServerAccess } from '../protocol/servers';

/**
 * The key of a server and the way to it, as the environment says: `VIVARIUM_SERVER_KEY`; `HTTPS_PROXY` or `HTTP_PROXY`, and
 * `NO_PROXY`, also in small letters, which win.
 */
export function serverAccess(address: string, env: NodeJS.ProcessEnv = process.env): ServerAccess {
  const key = env['VIVARIUM_SERVER_KEY'];
  const either = (name: string): string | undefined => env[name.toLowerCase()] || env[name] || undefined;
  // What is no address is said so by the engine.
  const proxy = either(address.startsWith('https:') ? 'HTTPS_PROXY' : 'HTTP_PROXY') ?? either('ALL_PROXY');
  const noProxy = (either('NO_PROXY') ?? '').split(/[\s,]+/).filter((host) => host !== '');
  return {
    ...(key ? { key } : {}),
    ...(proxy === undefined ? {} : { transport: { proxy, noProxy } }),
  };
}
