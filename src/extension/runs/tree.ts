import * as vscode from 'vscode';
import { Markdown, markdown } from '../../core/text/markdown';
import { markdownString } from '../markdown';
import { labelOf, type RunDigest } from './digest';
import type { RunStore } from './store';

/** The "Runs" view: what was run, the pinned first, then the newest. Its nodes are what its commands are given. */
export class RunTree implements vscode.TreeDataProvider<RunDigest>, vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<undefined>();
  readonly onDidChangeTreeData = this.changed.event;
  private readonly view: vscode.TreeView<RunDigest>;
  private readonly watch: vscode.Disposable;

  constructor(private readonly runs: RunStore) {
    this.view = vscode.window.createTreeView('vivarium.runs', { treeDataProvider: this, canSelectMany: true });
    // Other windows write to the same history.
    this.watch = vscode.window.onDidChangeWindowState(({ focused }) => {
      if (focused) this.refresh();
    });
  }

  refresh(): void {
    this.changed.fire(undefined);
  }

  /** What is selected in the view, for commands that come by keyboard. */
  get selection(): readonly RunDigest[] {
    return this.view.selection;
  }

  async getChildren(run?: RunDigest): Promise<RunDigest[]> {
    return run ? [] : [...(await this.runs.list())];
  }

  getTreeItem(run: RunDigest): vscode.TreeItem {
    const label = labelOf(run) || vscode.l10n.t('(empty prompt)');
    const item = new vscode.TreeItem(run.name ? label : beginningOf(label));
    item.id = run.id;
    item.contextValue = run.pinned ? 'vivarium.run.pinned' : 'vivarium.run';
    const facts = [run.name ? run.prompt : '', run.model, run.decoder === 'autoregressive' ? '' : run.decoder];
    const description = facts.filter((fact) => fact !== '').join(' · ');
    item.description = description;
    item.iconPath = new vscode.ThemeIcon(run.pinned ? 'pinned' : run.task === 'life' ? 'table' : 'history');
    item.tooltip = tooltipOf(run);
    item.accessibilityInformation = { label: [label, description, ageOf(run)].join(', ') };
    item.command = { command: 'vivarium.openRun', title: vscode.l10n.t('Open Run'), arguments: [run] };
    return item;
  }

  dispose(): void {
    this.watch.dispose();
    this.view.dispose();
    this.changed.dispose();
  }
}

const SHORT = 28;

/** The beginning of a prompt, cut between words: in a narrow side bar the model and the decoder are read beside it. */
function beginningOf(prompt: string): string {
  const characters = [...prompt];
  if (characters.length <= SHORT) return prompt;
  const beginning = characters.slice(0, SHORT).join('');
  const word = beginning.search(/\s\S*$/);
  return `${(word > SHORT / 2 ? beginning.slice(0, word) : beginning).trimEnd()}…`;
}

function ageOf({ createdAt }: RunDigest): string {
  const date = new Date(createdAt);
  return Number.isNaN(date.getTime()) ? createdAt : date.toLocaleString();
}

function tooltipOf(run: RunDigest): vscode.MarkdownString {
  const facts = [
    vscode.l10n.t(
      '{0} tokens: {1} of the prompt, {2} generated',
      run.tokens,
      run.promptTokens,
      run.tokens - run.promptTokens,
    ),
    run.tokensPerSecond === null ? '' : vscode.l10n.t('{0} tokens a second', run.tokensPerSecond.toFixed(1)),
    run.acceptanceRate === null ? '' : vscode.l10n.t('acceptance rate {0}', run.acceptanceRate.toFixed(3)),
    run.finish === null ? vscode.l10n.t('its end was not recorded') : '',
    run.finish === 'cancelled' ? vscode.l10n.t('stopped') : '',
    run.finish === 'failed' ? vscode.l10n.t('failed') : '',
  ].filter((fact) => fact !== '');
  const about = [run.model, run.decoder, ageOf(run)].join(' · ');
  const lines = [...(run.name ? [run.name] : []), run.prompt, about, facts.join(' · ')];
  return markdownString(
    Markdown.join(
      lines.map((line) => markdown`${line}`),
      '\n\n',
    ),
  );
}
