import * as vscode from 'vscode';
import type { ModelSummary, ProbeAnswer } from '../../protocol/models';
import type { ServerReport } from '../../protocol/servers';
import { serverKey, type ServerEntry } from './entry';

/** A model of a server as lists show models; of what a server does not say there is nothing. */
export function serverSummary(entry: ServerEntry, report: ServerReport | undefined): ModelSummary {
  const none: ProbeAnswer = { available: false, how: vscode.l10n.t('a server gives none') };
  const told = report?.models.find(({ name }) => name === entry.model);
  return {
    name: entry.model,
    folder: serverKey(entry),
    origin: 'server',
    kind: 'text',
    role: 'target',
    architecture: 'unknown',
    file: entry.model,
    variants: [],
    dtype: 'unknown',
    bytes: 0,
    parameters: null,
    layers: null,
    heads: null,
    vocabularySize: null,
    contextLength: told?.contextLength ?? null,
    tokenizer: 'tokenizer.json',
    probes: { attention: none, hidden: none, logits: none },
    server: {
      address: entry.address,
      ...(entry.chat ? { chat: true } : {}),
      ...(report ? { software: softwareOf(report), can: report.can, notes: report.notes } : {}),
    },
  };
}

/** `vLLM 0.32.0` */
export function softwareOf({ name, version }: ServerReport): string {
  return version === null ? name : `${name} ${version}`;
}
