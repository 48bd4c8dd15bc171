import type * as vscode from 'vscode';
import { SERVER_KINDS } from '../../core/trace/record';
import type { ServerReport } from '../../protocol/servers';
import {
  anything,
  array,
  boolean,
  integer,
  nullable,
  number,
  object,
  oneOf,
  record,
  string,
  union,
} from '../../core/check/check';
import { check } from '../../protocol/checked';

const KEPT = 'vivarium.servers.reports';
const MOST = 100;
const text = string({ max: 2_000 });

const report = object({
  address: text,
  kind: oneOf(...SERVER_KINDS),
  name: text,
  version: nullable(text),
  models: array(object({ name: text, contextLength: nullable(integer({ min: 0 })) }), { max: 10_000 }),
  can: object({
    promptLogprobs: boolean(),
    alternatives: union(number({ min: 0 }), oneOf('whole')),
    tokenIds: boolean(),
    tokenize: boolean(),
    chat: boolean(),
    seeds: boolean(),
    speculation: oneOf('steps', 'sums', 'none'),
    metrics: boolean(),
    attention: oneOf(false),
  }),
  notes: array(text, { max: 100 }),
});

/** What servers said when they were last asked, by the key of their model: kept, so that no list asks them again. */
export class ServerReports {
  constructor(private readonly memory: vscode.Memento) {}

  of(key: string): ServerReport | undefined {
    const kept = this.all()[key];
    return kept === undefined ? undefined : readReport(kept);
  }

  async keep(key: string, found: ServerReport): Promise<void> {
    const entries = Object.entries(this.all()).filter(([other]) => other !== key);
    await this.memory.update(KEPT, Object.fromEntries([...entries.slice(1 - MOST), [key, found]]));
  }

  async forget(key: string): Promise<void> {
    await this.memory.update(KEPT, Object.fromEntries(Object.entries(this.all()).filter(([other]) => other !== key)));
  }

  private all(): Readonly<Record<string, unknown>> {
    try {
      return check(record(anything(), { max: MOST }), this.memory.get(KEPT, {}));
    } catch {
      return {};
    }
  }
}

function readReport(kept: unknown): ServerReport | undefined {
  try {
    return check(report, kept);
  } catch {
    // Of another version: it is asked for again when the user checks the server.
    return undefined;
  }
}
