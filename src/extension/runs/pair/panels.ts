import * as vscode from 'vscode';
import type { RunPairShown } from '../../../protocol/runPair';
import type { RunTensors } from '../../explorer/tensors';
import type { Log } from '../../log';
import { saveText } from '../../saveDialog';
import { servePage, webviewHtml, webviewOptions } from '../../webviewPage';
import { labelOf } from '../labels';
import { askForRun } from '../pick';
import type { RunStore } from '../store';
import { runPairFile } from './file';
import { RunPairSession } from './session';

const VIEW_TYPE = 'vivarium.runPair';

export interface RunPairPanelServices {
  readonly extensionUri: vscode.Uri;
  readonly runs: RunStore;
  readonly tensors: RunTensors;
  readonly explore: (id: string) => Promise<void>;
  readonly log: Log;
}

/** Tabs that hold two runs of the history against each other; revived after a reload of the window. */
export class RunPairPanels implements vscode.WebviewPanelSerializer, vscode.Disposable {
  private readonly panels = new Set<vscode.WebviewPanel>();
  private readonly registration: vscode.Disposable;

  constructor(private readonly services: RunPairPanelServices) {
    this.registration = vscode.window.registerWebviewPanelSerializer(VIEW_TYPE, this);
  }

  open(a: string, b: string): void {
    const panel = vscode.window.createWebviewPanel(
      VIEW_TYPE,
      vscode.l10n.t('Two Runs'),
      vscode.ViewColumn.Active,
      webviewOptions(this.services.extensionUri),
    );
    this.attach(panel, a, b);
  }

  deserializeWebviewPanel(panel: vscode.WebviewPanel, state: unknown): Promise<void> {
    const { a, b } = (typeof state === 'object' && state !== null ? state : {}) as { a?: unknown; b?: unknown };
    panel.webview.options = webviewOptions(this.services.extensionUri);
    // Ids that are none are those of runs that are not kept: the page says so and offers to choose.
    this.attach(panel, typeof a === 'string' ? a : '', typeof b === 'string' ? b : '');
    return Promise.resolve();
  }

  dispose(): void {
    this.registration.dispose();
    for (const panel of this.panels) panel.dispose();
  }

  private attach(panel: vscode.WebviewPanel, a: string, b: string): void {
    const { extensionUri, runs, tensors, explore, log } = this.services;
    panel.iconPath = vscode.Uri.joinPath(extensionUri, 'media', 'explorer.svg');
    const session = new RunPairSession(
      { a, b },
      {
        find: async (id) => {
          const [found, digests] = await Promise.all([runs.find(id), runs.list()]);
          const digest = digests.find((each) => each.id === id);
          return found && { trace: found.trace, name: digest ? labelOf(digest) : found.trace.header.model.name };
        },
        choose: (instead) => askForRun(runs, vscode.l10n.t('Choose a run to compare'), [instead]),
        logits: async (trace, index, signal) => {
          const request = { runId: trace.header.id, index };
          return (await tensors.call(trace, 'positionLogits', request, { signal })).logits;
        },
        explore,
        save: (pair, form) => saveText(runPairFile(pair, form)),
        onShown: (shown) => {
          panel.title = titleOf(shown);
        },
      },
    );
    const served = servePage(panel.webview, 'Two runs', session.handlers, log);
    this.panels.add(panel);
    panel.onDidDispose(() => {
      this.panels.delete(panel);
      served.dispose();
    });
    panel.webview.html = webviewHtml(panel.webview, extensionUri, 'runs');
  }
}

const NAME_SHOWN = 20;

function titleOf(shown: RunPairShown): string {
  if (shown.state === 'missing') return vscode.l10n.t('Two Runs');
  const short = (name: string): string => (name.length > NAME_SHOWN ? `${name.slice(0, NAME_SHOWN)}…` : name);
  return vscode.l10n.t('{0} and {1}', short(shown.names.a), short(shown.names.b));
}
