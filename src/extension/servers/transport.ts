import * as tls from 'node:tls';
import * as vscode from 'vscode';
import type { ServerTransport } from '../../protocol/servers';

/** How connections are made, as the editor's own settings say; what these leave out its environment may say. */
export function editorTransport(address: string): ServerTransport {
  const http = vscode.workspace.getConfiguration('http');
  const proxy =
    http.get('proxySupport') === 'off' ? undefined : (text(http.get('proxy')) ?? proxyOfEnvironment(address));
  const authorization = text(http.get('proxyAuthorization'));
  const certificates = http.get('systemCertificates') === false ? [] : systemCertificates();
  const noProxy = names(http.get('noProxy'));
  return {
    ...(proxy === undefined ? {} : { proxy }),
    ...(authorization === undefined ? {} : { proxyAuthorization: authorization }),
    strictSSL: http.get('proxyStrictSSL') !== false,
    ...(certificates.length > 0 ? { certificates } : {}),
    noProxy: noProxy.length > 0 ? noProxy : names(environment('NO_PROXY')?.split(',')),
  };
}

function proxyOfEnvironment(address: string): string | undefined {
  return environment(address.toLowerCase().startsWith('https:') ? 'HTTPS_PROXY' : 'HTTP_PROXY');
}

function environment(name: string): string | undefined {
  return text(process.env[name.toLowerCase()]) ?? text(process.env[name]);
}

/** Those of the operating system, where this node can read them. */
function systemCertificates(): readonly string[] {
  const { getCACertificates } = tls as { getCACertificates?: (kind: 'system') => string[] };
  try {
    return getCACertificates?.('system') ?? [];
  } catch {
    // What the system does not give is not trusted.
    return [];
  }
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value.trim() !== '' ? value.trim() : undefined;
}

function names(value: unknown): string[] {
  return Array.isArray(value) ? value.flatMap((each: unknown) => text(each) ?? []) : [];
}
