import { request as requestPlain, type ClientRequest, type OutgoingHttpHeaders } from 'node:http';
import { request as requestSecure } from 'node:https';
import type { Socket } from 'node:net';
import * as tls from 'node:tls';
import type { ServerTransport } from '../../protocol/servers';

/** How a request gets to its server: options and headers for `http.request` or `https.request`, by the server's protocol. */
export interface Route {
  readonly options: {
    readonly hostname: string;
    readonly port: number;
    readonly path: string;
    readonly rejectUnauthorized?: boolean;
    readonly ca?: string[];
    readonly createConnection?: () => Socket;
  };
  readonly headers: OutgoingHttpHeaders;
}

/** What a proxy did not do, as the beginning of a sentence, without the proxy's user or password. */
export class ProxyRefusal extends Error {}

/**
 * The route to an address: straight, through a proxy that is told the whole address (`http`), or through a tunnel
 * (`https`).
 * @throws ProxyRefusal; errors of node where the proxy cannot be reached.
 */
export async function routeTo(url: URL, transport: ServerTransport, signal: AbortSignal): Promise<Route> {
  const [hostname, port, path] = [hostOf(url), portOf(url), url.pathname + url.search];
  const trust = trustOf(transport);
  const proxy = proxyFor(url, transport);
  if (!proxy) return { options: { hostname, port, path, ...trust }, headers: {} };
  const authorization = proxyAuthorization(proxy, transport);
  const via = { hostname: hostOf(proxy), port: portOf(proxy) };
  if (url.protocol === 'http:') {
    const socket = proxy.protocol === 'https:' ? { createConnection: () => secured(proxy, trust) } : {};
    return { options: { ...via, path: url.href, ...socket }, headers: { host: url.host, ...authorization } };
  }
  const tunnel = await tunnelTo(`${url.hostname}:${port}`, proxy, authorization, trust, signal);
  const secure = (): Socket => tls.connect({ socket: tunnel, ...serverName(hostname), ...trust });
  return { options: { hostname, port, path, createConnection: secure }, headers: {} };
}

function tunnelTo(
  target: string,
  proxy: URL,
  authorization: OutgoingHttpHeaders,
  trust: Trust,
  signal: AbortSignal,
): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const options = {
      hostname: hostOf(proxy),
      port: portOf(proxy),
      method: 'CONNECT',
      path: target,
      headers: { host: target, ...authorization },
      agent: false as const,
      signal,
      ...trust,
    };
    const request: ClientRequest = proxy.protocol === 'https:' ? requestSecure(options) : requestPlain(options);
    request.on('connect', (response, socket) => {
      if (response.statusCode === 200) {
        // The request is over and its signal with it; what goes through the tunnel ends with this.
        const close = (): void => void socket.destroy();
        signal.addEventListener('abort', close, { once: true });
        socket.on('close', () => signal.removeEventListener('abort', close));
        resolve(socket);
      } else {
        socket.destroy();
        reject(new ProxyRefusal(`The proxy at ${proxy.host} answered ${response.statusCode ?? 'nothing'}`));
      }
    });
    request.on('response', (response) => {
      response.destroy();
      reject(new ProxyRefusal(`The proxy at ${proxy.host} answered ${response.statusCode ?? 'nothing'}`));
    });
    request.on('error', reject);
    request.end();
  });
}

function secured(proxy: URL, trust: Trust): Socket {
  return tls.connect({ host: hostOf(proxy), port: portOf(proxy), ...serverName(hostOf(proxy)), ...trust });
}

/** The proxy that is used for an address; undefined where none is. @throws ProxyRefusal for one of another kind. */
export function proxyFor(url: URL, { proxy, noProxy = [] }: ServerTransport): URL | undefined {
  if (!proxy || noProxy.some((pattern) => excludes(pattern, url))) return undefined;
  const parsed = URL.canParse(proxy) ? new URL(proxy) : undefined;
  if (!parsed || (parsed.protocol !== 'http:' && parsed.protocol !== 'https:')) {
    throw new ProxyRefusal('The proxy has no http or https address');
  }
  return parsed;
}

function excludes(pattern: string, url: URL): boolean {
  const wanted = pattern.trim().toLowerCase();
  // What has more colons is an address of IPv6 without a port.
  const [, bracketed = wanted, port] = /^(\[.*\]|[^:]*)(?::(\d+))?$/.exec(wanted) ?? [];
  const name = bracketed.replace(/^\[(.*)\]$/, '$1');
  if (port !== undefined && Number(port) !== portOf(url)) return false;
  if (name === '*') return true;
  const domain = name.replace(/^\*?\./, '');
  const host = hostOf(url).toLowerCase();
  return domain !== '' && (host === domain || host.endsWith(`.${domain}`));
}

function proxyAuthorization(proxy: URL, { proxyAuthorization: given }: ServerTransport): OutgoingHttpHeaders {
  const user = `${decodeURIComponent(proxy.username)}:${decodeURIComponent(proxy.password)}`;
  if (user !== ':') return { 'proxy-authorization': `Basic ${Buffer.from(user).toString('base64')}` };
  return given ? { 'proxy-authorization': given } : {};
}

interface Trust {
  readonly rejectUnauthorized?: boolean;
  readonly ca?: string[];
}

function trustOf({ strictSSL, certificates = [] }: ServerTransport): Trust {
  // A list replaces node's own, so that goes with it.
  const { getCACertificates } = tls as { getCACertificates?: (type: 'default') => string[] };
  return {
    ...(strictSSL === false ? { rejectUnauthorized: false } : {}),
    ...(certificates.length > 0
      ? { ca: [...(getCACertificates?.('default') ?? tls.rootCertificates), ...certificates] }
      : {}),
  };
}

/** Addresses of numbers have no name to ask for. */
function serverName(host: string): { servername?: string } {
  return /^[\d.]+$|:/.test(host) ? {} : { servername: host };
}

function hostOf(url: URL): string {
  return url.hostname.replace(/^\[(.*)\]$/, '$1');
}

function portOf(url: URL): number {
  return url.port === '' ? (url.protocol === 'https:' ? 443 : 80) : Number(url.port);
}
