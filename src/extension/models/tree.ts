import * as path from 'node:path';
import * as vscode from 'vscode';
import { Markdown, markdown } from '../../core/text/markdown';
import type { ModelSummary, ProbeAnswer, ServerSummary } from '../../protocol/models';
import { formatBytes, formatCount } from '../format';
import { markdownString } from '../markdown';
import { abilitiesOf } from '../servers/abilities';
import { editorModel, readsTexts } from '../editor/model';
import type { Servers } from '../servers/servers';
import type { ModelCatalog } from './catalog';

type Origin = ModelSummary['origin'];

type Node =
  | { readonly type: 'group'; readonly origin: Origin; readonly models: readonly ModelSummary[] }
  | { readonly type: 'model'; readonly model: ModelSummary }
  | { readonly type: 'fact'; readonly label: string; readonly value: string; readonly icon?: string; readonly tooltip?: string };

/** The "Models" view: where the models come from, what they are, and what can be looked at in each. */
export class ModelTree implements vscode.TreeDataProvider<Node>, vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<Node | undefined>();
  readonly onDidChangeTreeData = this.changed.event;
  private readonly view: vscode.TreeView<Node>;
  private readonly watch: vscode.Disposable;
  /** Folder of the model that reads the texts of the editor. */
  private reader: string | undefined;
  /** As they were last listed. */
  private groups: readonly Node[] = [];

  constructor(
    private readonly catalog: ModelCatalog,
    private readonly servers: Servers,
  ) {
    this.view = vscode.window.createTreeView('vivarium.models', { treeDataProvider: this, showCollapseAll: true });
    const again = (): void => this.changed.fire(undefined);
    this.watch = vscode.Disposable.from(
      catalog.onChange(again),
      servers.onChange(again),
      vscode.workspace.onDidChangeConfiguration((event) => {
        if (event.affectsConfiguration('vivarium.editor.model')) again();
      }),
    );
  }

  async getChildren(node?: Node): Promise<Node[]> {
    if (!node) {
      const { models: folders, problem } = await this.catalog.tryList();
      this.reader = editorModel(folders).model?.folder;
      const models = [...folders, ...this.servers.list()];
      this.view.message = problem ? [problem.message, problem.action].filter(Boolean).join(' ') : '';
      const origins: readonly Origin[] = ['bundled', 'workspace', 'added', 'server'];
      this.groups = origins
        .map((origin): Node => ({ type: 'group', origin, models: models.filter((model) => model.origin === origin) }))
        .filter((group) => group.type === 'group' && group.models.length > 0);
      return [...this.groups];
    }
    if (node.type === 'group') return node.models.map((model) => ({ type: 'model', model }));
    if (node.type === 'fact') return [];
    const { server } = node.model;
    return server ? serverFacts(node.model, server, await this.servers.hasKey(server.address)) : facts(node.model);
  }

  /** Asked for what is revealed: a model. */
  getParent(node: Node): Node | undefined {
    return node.type === 'model' ? this.groupOf(node.model.folder) : undefined;
  }

  /** Scrolls to a model and opens it, where the view is on show. */
  async reveal(folder: string): Promise<void> {
    if (!this.view.visible) return;
    await this.getChildren();
    const group = this.groupOf(folder);
    const model = group?.type === 'group' ? group.models.find((each) => each.folder === folder) : undefined;
    if (model) await this.view.reveal({ type: 'model', model }, { select: true, focus: false, expand: true });
  }

  private groupOf(folder: string): Node | undefined {
    return this.groups.find((node) => node.type === 'group' && node.models.some((model) => model.folder === folder));
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
    if (model.server) return serverItem(item, model, model.server);
    item.contextValue = [
      model.problem ? 'vivarium.model.broken' : 'vivarium.model',
      ...(readsTexts(model) ? ['text'] : []),
      model.origin,
    ].join('.');
    item.resourceUri = vscode.Uri.file(model.folder);
    if (model.problem) {
      item.description = vscode.l10n.t('cannot be run');
      item.iconPath = new vscode.ThemeIcon('warning', new vscode.ThemeColor('list.warningForeground'));
      // It is also what a screen reader says of the row: the name first.
      item.tooltip = [`${model.name}: ${model.problem.message}`, model.problem.action].filter(Boolean).join(' ');
    } else {
      const { name, folder } = model;
      const isReader = folder === this.reader;
      item.description = isReader ? vscode.l10n.t('beside text · {0}', describeModel(model)) : describeModel(model);
      item.iconPath = new vscode.ThemeIcon(isReader ? 'eye' : model.kind === 'life' ? 'table' : 'symbol-string');
      item.tooltip = markdownString(
        markdown`**${name}** — ${kindLabel(model)}\n\n${describeModel(model)}\n\n${Markdown.code(folder)}`,
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
    model.layers === null ? undefined : `${model.layers} × ${model.heads ?? '–'}`,
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

function originLabel(origin: Origin): string {
  switch (origin) {
    case 'bundled':
      return vscode.l10n.t('Bundled');
    case 'workspace':
      return vscode.l10n.t('Workspace');
    case 'added':
      return vscode.l10n.t('Added folders');
    case 'server':
      return vscode.l10n.t('Servers');
  }
}

function serverItem(item: vscode.TreeItem, model: ModelSummary, server: ServerSummary): vscode.TreeItem {
  item.contextValue = server.can?.metrics ? 'vivarium.server.metrics' : 'vivarium.server';
  item.description = [server.software ?? vscode.l10n.t('not checked'), server.address].join(' · ');
  item.iconPath = new vscode.ThemeIcon('server');
  const notes = (server.notes ?? []).map((note) => `\n\n${note}`).join('');
  item.tooltip = `${model.name} · ${item.description}${notes}`;
  return item;
}

function serverFacts(model: ModelSummary, server: ServerSummary, hasKey: boolean): Node[] {
  return [
    ...fact(vscode.l10n.t('Address'), server.address),
    ...fact(vscode.l10n.t('Server'), server.software ?? vscode.l10n.t('not checked: use Check Server'), server.software ? '' : 'question'),
    ...fact(vscode.l10n.t('Context'), model.contextLength === null ? null : vscode.l10n.t('{0} tokens', model.contextLength)),
    ...fact(
      vscode.l10n.t('Prompts'),
      server.chat ? vscode.l10n.t('as a message, in the chat template') : vscode.l10n.t('as they are typed'),
    ),
    ...fact(vscode.l10n.t('Key'), hasKey ? vscode.l10n.t('kept in the secret storage') : vscode.l10n.t('none'), hasKey ? 'key' : ''),
    ...(server.can ? abilitiesOf(server.can).map((ability) => probe(ability.label, ability)) : []),
  ];
}

function fact(label: string, value: string | null | undefined, icon?: string): Node[] {
  return value === null || value === undefined ? [] : [{ type: 'fact', label, value, ...(icon ? { icon } : {}) }];
}

function probe(label: string, answer: ProbeAnswer): Node {
  return {
    type: 'fact',
    label,
    value: answer.how,
    icon: answer.available ? 'check' : 'circle-slash',
    tooltip: answer.available
      ? vscode.l10n.t('{0}: can be shown ({1}).', label, answer.how)
      : vscode.l10n.t('{0}: cannot be shown. {1}', label, answer.how),
  };
}

function facts(model: ModelSummary): Node[] {
  return [
    ...(model.problem
      ? fact(vscode.l10n.t('Problem'), [model.problem.message, model.problem.action].filter(Boolean).join(' '), 'warning')
      : []),
    ...fact(vscode.l10n.t('Kind'), kindLabel(model)),
    ...fact(vscode.l10n.t('Architecture'), model.architecture),
    ...fact(vscode.l10n.t('Parameters'), model.parameters === null ? null : model.parameters.toLocaleString('en')),
    ...fact(
      vscode.l10n.t('Layers × heads'),
      model.layers === null ? null : `${model.layers} × ${model.heads ?? '–'}`,
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
