import * as path from 'node:path';
import * as vscode from 'vscode';
import type { ModelOrigin, ModelSummary, ProbeAnswer } from '../../protocol/models';
import { formatBytes, formatCount } from '../format';
import type { ModelCatalog } from './catalog';

type Node =
  | { readonly type: 'group'; readonly origin: ModelOrigin; readonly models: readonly ModelSummary[] }
  | { readonly type: 'model'; readonly model: ModelSummary }
  | { readonly type: 'fact'; readonly label: string; readonly value: string; readonly icon?: string; readonly tooltip?: string };

/** The "Models" view: where the models come from, what they are, and what can be looked at in each. */
export class ModelTree implements vscode.TreeDataProvider<Node>, vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<Node | undefined>();
  readonly onDidChangeTreeData = this.changed.event;
  private readonly view: vscode.TreeView<Node>;
  private readonly watch: vscode.Disposable;

  constructor(private readonly catalog: ModelCatalog) {
    this.view = vscode.window.createTreeView('vivarium.models', { treeDataProvider: this, showCollapseAll: true });
    this.watch = catalog.onChange(() => this.changed.fire(undefined));
  }

  async getChildren(node?: Node): Promise<Node[]> {
    if (!node) {
      const { models, problem } = await this.catalog.tryList();
      this.view.message = problem ? [problem.message, problem.action].filter(Boolean).join(' ') : '';
      const origins: readonly ModelOrigin[] = ['bundled', 'workspace', 'added'];
      return origins
        .map((origin): Node => ({ type: 'group', origin, models: models.filter((model) => model.origin === origin) }))
        .filter((group) => group.type === 'group' && group.models.length > 0);
    }
    if (node.type === 'group') return node.models.map((model) => ({ type: 'model', model }));
    return node.type === 'model' ? facts(node.model) : [];
  }

  getTreeItem(node: Node): vscode.TreeItem {
    if (node.type === 'group') {
      const item = new vscode.TreeItem(originLabel(node.origin), vscode.TreeItemCollapsibleState.Expanded);
      item.id = `group:${node.origin}`;
      return item;
    }
    if (node.type === 'fact') {
      const item = new vscode.TreeItem(node.label);
      item.description = node.value;
      item.tooltip = node.tooltip ?? `${node.label}: ${node.value}`;
      if (node.icon) item.iconPath = new vscode.ThemeIcon(node.icon);
      return item;
    }
    const { model } = node;
    const item = new vscode.TreeItem(model.name, vscode.TreeItemCollapsibleState.Collapsed);
    item.id = `model:${model.origin}:${model.folder}`;
    item.contextValue = [model.problem ? 'vivarium.model.broken' : 'vivarium.model', model.origin].join('.');
    item.resourceUri = vscode.Uri.file(model.folder);
    if (model.problem) {
      item.description = vscode.l10n.t('cannot be run');
      item.iconPath = new vscode.ThemeIcon('warning', new vscode.ThemeColor('list.warningForeground'));
      item.tooltip = [model.problem.message, model.problem.action].filter(Boolean).join(' ');
    } else {
      item.description = describeModel(model);
      item.iconPath = new vscode.ThemeIcon(model.kind === 'life' ? 'table' : 'symbol-string');
      item.tooltip = new vscode.MarkdownString(
        `**${model.name}** — ${kindLabel(model)}\n\n${describeModel(model)}\n\n\`${model.folder}\``,
      );
    }
    return item;
  }

  dispose(): void {
    this.watch.dispose();
    this.view.dispose();
    this.changed.dispose();
  }
}

/** `260K · 5 x 8 · fp32 · 1.4 MB` */
export function describeModel(model: ModelSummary): string {
  return [
    model.parameters === null ? undefined : formatCount(model.parameters),
    model.layers === null || model.heads === null ? undefined : `${model.layers} × ${model.heads}`,
    model.dtype,
    formatBytes(model.bytes),
  ]
    .filter((part) => part !== undefined)
    .join(' · ');
}

function kindLabel(model: ModelSummary): string {
  const kind =
    model.kind === 'life' && model.life
      ? vscode.l10n.t('Life, {0} × {1} {2}', model.life.width, model.life.height, model.life.topology)
      : vscode.l10n.t('text');
  return model.role === 'draft' ? vscode.l10n.t('{0}, draft', kind) : kind;
}

function originLabel(origin: ModelOrigin): string {
  switch (origin) {
    case 'bundled':
      return vscode.l10n.t('Bundled');
    case 'workspace':
      return vscode.l10n.t('Workspace');
    case 'added':
      return vscode.l10n.t('Added folders');
  }
}

function facts(model: ModelSummary): Node[] {
  const fact = (label: string, value: string | null | undefined, icon?: string): Node[] =>
    value === null || value === undefined ? [] : [{ type: 'fact', label, value, ...(icon ? { icon } : {}) }];
  const probe = (label: string, answer: ProbeAnswer): Node => ({
    type: 'fact',
    label,
    value: answer.how,
    icon: answer.available ? 'check' : 'circle-slash',
    tooltip: answer.available
      ? vscode.l10n.t('{0}: can be shown ({1}).', label, answer.how)
      : vscode.l10n.t('{0}: cannot be shown. {1}', label, answer.how),
  });
  return [
    ...(model.problem
      ? fact(vscode.l10n.t('Problem'), [model.problem.message, model.problem.action].filter(Boolean).join(' '), 'warning')
      : []),
    ...fact(vscode.l10n.t('Kind'), kindLabel(model)),
    ...fact(vscode.l10n.t('Architecture'), model.architecture),
    ...fact(vscode.l10n.t('Parameters'), model.parameters === null ? null : model.parameters.toLocaleString('en')),
    ...fact(
      vscode.l10n.t('Layers × heads'),
      model.layers === null || model.heads === null ? null : `${model.layers} × ${model.heads}`,
    ),
    ...fact(vscode.l10n.t('Vocabulary'), model.vocabularySize?.toLocaleString('en')),
    ...fact(vscode.l10n.t('Context'), model.contextLength === null ? null : vscode.l10n.t('{0} tokens', model.contextLength)),
    ...fact(
      vscode.l10n.t('Tokenizer'),
      model.tokenizer === 'none' ? vscode.l10n.t('none: type token ids') : model.tokenizer,
    ),
    ...(model.problem
      ? []
      : [
          probe(vscode.l10n.t('Attention'), model.probes.attention),
          probe(vscode.l10n.t('Hidden states'), model.probes.hidden),
          probe(vscode.l10n.t('Logits'), model.probes.logits),
        ]),
    ...model.variants.flatMap((variant) =>
      fact(path.posix.basename(variant.file), `${variant.dtype} · ${formatBytes(variant.bytes)}`, 'file-binary'),
    ),
  ];
}
