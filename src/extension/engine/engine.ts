import * as vscode from 'vscode';
import { EngineClient } from '../../client/index';
import type { Call, Caller } from '../../protocol/call';
import type { EngineApi } from '../../protocol/engine';
import type { EngineStatus } from '../../protocol/explorer';
import type { Log } from '../log';

/** The engine process as the editor uses it: started on the first request, ended with the extension host. */
export class EditorEngine implements Caller<EngineApi>, vscode.Disposable {
  private readonly statusChanged = new vscode.EventEmitter<EngineStatus>();
  readonly onStatus = this.statusChanged.event;
  status: EngineStatus = { state: 'stopped' };

  private client: EngineClient | undefined;
  private readonly settingsWatch: vscode.Disposable;

  constructor(
    private readonly context: vscode.ExtensionContext,
    private readonly log: Log,
  ) {
    this.settingsWatch = vscode.workspace.onDidChangeConfiguration((event) => {
      if (event.affectsConfiguration('vivarium.engine')) this.replaceClient();
    });
  }

  call: Caller<EngineApi>['call'] = (method, params, options) => {
    this.client ??= this.createClient();
    return this.client.call(method, params, options);
  };

  /** Ends the process; the next request starts a fresh one. */
  restart(): void {
    this.replaceClient();
  }

  dispose(): void {
    this.settingsWatch.dispose();
    this.replaceClient();
    this.statusChanged.dispose();
  }

  private replaceClient(): void {
    const old = this.client;
    this.client = undefined;
    old?.dispose();
    this.setStatus({ state: 'stopped' });
  }

  private setStatus(status: EngineStatus): void {
    this.status = status;
    this.statusChanged.fire(status);
  }

  private createClient(): EngineClient {
    const settings = vscode.workspace.getConfiguration('vivarium.engine');
    const idleMinutes = clamp(settings.get('idleMinutes', 15), 1, 1440);
    const tensorBudget = clamp(settings.get('tensorBudgetMegabytes', 512), 64, 16_384);
    const client: EngineClient = new EngineClient({
      enginePath: vscode.Uri.joinPath(this.context.extensionUri, 'dist', 'engine.mjs').fsPath,
      env: { VIVARIUM_TENSOR_BUDGET_MB: String(tensorBudget) },
      idleMilliseconds: idleMinutes * 60_000,
      log: (line) => this.log.channel.info(line),
      onStatus: (status) => {
        if (this.client !== client) return;
        this.setStatus(status);
        if (status.state === 'crashed') this.log.channel.error(status.message);
      },
    });
    return client;
  }
}

/** The type of a call's parameters, for handlers that pass requests on. */
export type EngineParams<M extends keyof EngineApi> = EngineApi[M] extends Call<infer P, unknown, unknown> ? P : never;

function clamp(value: number, low: number, high: number): number {
  return Number.isFinite(value) ? Math.min(high, Math.max(low, value)) : low;
}
