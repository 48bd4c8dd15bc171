import * as vscode from 'vscode';
import { Markdown, markdown } from '../../core/text/markdown';
import { markdownString } from '../markdown';
import type { RunDigest } from './digest';
import { groupRuns, isGroup, runsOf, type Day, type RunGroup, type RunNode } from './groups';
import { decodedOf, factsOf, labelOf, momentOf, promptOf, shortLabelOf, timeOf } from './labels';
import type { RunStore } from './store';

/** The "Runs" view: what was run, the pinned first, then day by day. Its nodes are what its commands are given. */
export class RunTree implements vscode.TreeDataProvider<RunNode>, vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<undefined>();
  readonly onDidChangeTreeData = this.changed.event;
  private readonly view: vscode.TreeView<RunNode>;
  private readonly watch: vscode.Disposable;
  /** The day that is open to begin with. */
  private latest = '';

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
  get selection(): readonly RunNode[] {
    return this.view.selection;
  }

  async getChildren(node?: RunNode): Promise<RunNode[]> {
    if (node) return isGroup(node) ? [...node.members] : [];
    const groups = groupRuns(await this.runs.list(), new Date());
    this.latest = groups.find(({ kind }) => kind === 'day')?.key ?? '';
    return [...groups];
  }

  getTreeItem(node: RunNode): vscode.TreeItem {
    return isGroup(node) ? groupItem(node, node.kind === 'pinned' || node.key === this.latest) : runItem(node);
  }

  dispose(): void {
    this.watch.dispose();
    this.view.dispose();
    this.changed.dispose();
  }
}

function groupItem(group: RunGroup, isOpen: boolean): vscode.TreeItem {
  const { Expanded, Collapsed } = vscode.TreeItemCollapsibleState;
  const item = new vscode.TreeItem('', isOpen ? Expanded : Collapsed);
  item.id = group.key;
  const runs = runsOf(group);
  const [first] = runs;
  if (group.kind !== 'comparison' || !first) {
    item.label = group.kind === 'day' ? dayLabel(group.day) : vscode.l10n.t('Pinned');
    item.contextValue = 'vivarium.runs.group';
    item.accessibilityInformation = { label: vscode.l10n.t('{0}, {1} runs', item.label, runs.length) };
    return item;
  }
  item.label = promptOf(first);
  item.description = [vscode.l10n.t('{0} compared', runs.length), timeOf(first)].join(' · ');
  item.iconPath = new vscode.ThemeIcon('graph');
  item.contextValue = 'vivarium.runs.comparison';
  item.tooltip = vscode.l10n.t('Decoders compared: {0}', runs.map(decodedOf).join(', '));
  item.accessibilityInformation = { label: [labelOf(first), item.description].join(', ') };
  return item;
}

function runItem(run: RunDigest): vscode.TreeItem {
  const item = new vscode.TreeItem(shortLabelOf(run));
  item.id = run.id;
  item.contextValue = run.pinned ? 'vivarium.run.pinned' : 'vivarium.run';
  const description = [...(run.name ? [run.prompt] : []), ...factsOf(run), run.model].join(' · ');
  item.description = description;
  item.iconPath = new vscode.ThemeIcon(run.pinned ? 'pinned' : run.task === 'life' ? 'table' : 'history');
  item.tooltip = tooltipOf(run);
  item.accessibilityInformation = { label: [labelOf(run), description, momentOf(run)].join(', ') };
  item.command = { command: 'vivarium.openRun', title: vscode.l10n.t('Open Run'), arguments: [run] };
  return item;
}

/** Today, yesterday, or the date; with the year where it is another one. */
export function dayLabel({ date, ago }: Day): string {
  if (date === null) return vscode.l10n.t('Without a date');
  if (ago === 0) return vscode.l10n.t('Today');
  if (ago === 1) return vscode.l10n.t('Yesterday');
  const isThisYear = date.getFullYear() === new Date().getFullYear();
  return date.toLocaleDateString(undefined, {
    ...{ weekday: 'long', day: 'numeric', month: 'long' },
    ...(isThisYear ? {} : { year: 'numeric' }),
  });
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
  const about = [run.model, decodedOf(run), momentOf(run)].join(' · ');
  const generated = run.generated ? [`→ ${run.generated}`] : [];
  const lines = [...(run.name ? [run.name] : []), run.prompt, ...generated, about, facts.join(' · ')];
  return markdownString(
    Markdown.join(
      lines.map((line) => markdown`${line}`),
      '\n\n',
    ),
  );
}
