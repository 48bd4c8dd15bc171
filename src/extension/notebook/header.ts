import * as vscode from 'vscode';
import { parseCell, readCell, type CellProblem } from '../../core/notebook/cell';
import { HEADER_KEYS, headerKey, type CellKind, type HeaderKey } from '../../core/notebook/keys';
import { findDecoder } from '../../core/decode/registry';
import { Markdown, markdown } from '../../core/text/markdown';
import { defaultSettings } from '../explorer/defaults';
import { markdownString } from '../markdown';
import type { ModelCatalog } from '../models/catalog';
import type { Servers } from '../servers/servers';
import { CELL_SELECTOR, cellKind } from './languages';

const SOURCE = 'Vivarium';
const KEY_PART = /^\s*([\w-]*)$/;
const VALUE_PART = /^\s*([\w-]+)\s*:\s*/;

/** Help with the header of a cell: completes keys and values, explains them, and marks what is wrong. */
export class HeaderLanguage implements vscode.CompletionItemProvider, vscode.HoverProvider, vscode.Disposable {
  private readonly diagnostics = vscode.languages.createDiagnosticCollection('vivarium.cells');
  private readonly subscriptions: vscode.Disposable[];

  constructor(
    private readonly catalog: ModelCatalog,
    private readonly servers: Servers,
  ) {
    this.subscriptions = [
      vscode.languages.registerCompletionItemProvider(CELL_SELECTOR, this, ':', ' '),
      vscode.languages.registerHoverProvider(CELL_SELECTOR, this),
      vscode.workspace.onDidOpenTextDocument((document) => this.check(document)),
      vscode.workspace.onDidChangeTextDocument(({ document }) => this.check(document)),
      vscode.workspace.onDidCloseTextDocument(({ uri }) => this.diagnostics.delete(uri)),
    ];
    for (const document of vscode.workspace.textDocuments) this.check(document);
  }

  async provideCompletionItems(
    document: vscode.TextDocument,
    position: vscode.Position,
  ): Promise<vscode.CompletionItem[]> {
    const kind = cellKind(document.languageId);
    if (!kind || !isInHeader(document, position.line)) return [];
    const before = document.lineAt(position.line).text.slice(0, position.character);
    if (KEY_PART.test(before)) return keyItems(document, kind, position.line);
    const key = headerKey(VALUE_PART.exec(before)?.[1]?.toLowerCase() ?? '', kind);
    return key ? this.valueItems(key) : [];
  }

  provideHover(document: vscode.TextDocument, position: vscode.Position): vscode.Hover | undefined {
    const kind = cellKind(document.languageId);
    if (!kind) return undefined;
    const line = parseCell(document.getText(), kind).header.find((each) => each.line === position.line);
    const key = line && headerKey(line.key, kind);
    if (!line || !key) return undefined;
    const inValue = position.character >= line.valueStart;
    const decoder = inValue && line.key === 'decoder' ? findDecoder(line.value) : undefined;
    const text = decoder
      ? markdown`**${decoder.name}** (${decoder.exact ? 'exact' : 'lossy'}): ${decoder.about}`
      : describe(key);
    const [start, end] = inValue
      ? [line.valueStart, line.valueStart + line.value.length]
      : [line.keyStart, line.keyStart + line.key.length];
    return new vscode.Hover(markdownString(text), new vscode.Range(line.line, start, line.line, end));
  }

  dispose(): void {
    vscode.Disposable.from(...this.subscriptions, this.diagnostics).dispose();
  }

  private check(document: vscode.TextDocument): void {
    const kind = cellKind(document.languageId);
    if (!kind) return;
    const cell = parseCell(document.getText(), kind);
    const { problems } = readCell(cell, kind, defaultSettings());
    const { Error, Warning } = vscode.DiagnosticSeverity;
    this.diagnostics.set(document.uri, [
      ...[...cell.problems, ...problems].map((problem) => diagnostic(problem, Error)),
      ...cell.doubts.map((doubt) => diagnostic(doubt, Warning)),
    ]);
  }

  private async valueItems({ name, value }: HeaderKey): Promise<vscode.CompletionItem[]> {
    const item = (label: string, detail?: string): vscode.CompletionItem => {
      const completion = new vscode.CompletionItem(label, vscode.CompletionItemKind.Value);
      if (detail !== undefined) completion.detail = detail;
      return completion;
    };
    switch (value.kind) {
      case 'model': {
        const { models } = await this.catalog.tryList();
        const folders = models.filter(({ problem }) => !problem);
        const remote = name === 'model' ? this.servers.list() : [];
        return [
          ...folders.map((model) => item(model.name, `${model.kind}, ${model.dtype}`)),
          ...remote.map((model) => item(model.name, model.server?.address)),
        ];
      }
      case 'choice':
        return value.choices.map((choice) => item(choice, name === 'decoder' ? findDecoder(choice)?.about : undefined));
      case 'list':
        return value.choices.map((choice) => item(choice));
      case 'flag':
        return ['true', 'false'].map((choice) => item(choice));
      case 'integer':
      case 'number':
        return [item(String(value.default), vscode.l10n.t('the default'))];
      case 'name':
        return [];
    }
  }
}

/** Whether a line can be one of the header: all lines above are. */
function isInHeader(document: vscode.TextDocument, line: number): boolean {
  for (let above = 0; above < line; above++) if (!VALUE_PART.test(document.lineAt(above).text)) return false;
  return true;
}

function keyItems(document: vscode.TextDocument, kind: CellKind, line: number): vscode.CompletionItem[] {
  const { header } = parseCell(document.getText(), kind);
  const used = new Set(header.filter((each) => each.line !== line).map(({ key }) => key));
  const decoder = header.find(({ key }) => key === 'decoder')?.value ?? 'autoregressive';
  return HEADER_KEYS.filter(
    ({ name, cells, decoders }) => cells.includes(kind) && !used.has(name) && (!decoders || decoders.includes(decoder)),
  ).map((key, place) => {
    const item = new vscode.CompletionItem(key.name, vscode.CompletionItemKind.Property);
    item.insertText = `${key.name}: `;
    item.documentation = markdownString(describe(key));
    item.sortText = String(place).padStart(3, '0');
    item.command = { command: 'editor.action.triggerSuggest', title: '' };
    return item;
  });
}

/** What a key means and takes, as Markdown. */
function describe({ name, about, value, decoders }: HeaderKey): Markdown {
  const takes =
    value.kind === 'integer' || value.kind === 'number'
      ? vscode.l10n.t('{0} to {1}, {2} where it is left out', value.min, value.max, value.default)
      : value.kind === 'choice'
        ? value.choices.join(', ')
        : '';
  const of = decoders ? vscode.l10n.t('An option of {0}.', decoders.join(', ')) : '';
  const more = [takes, of].filter((part) => part !== '').map((part) => markdown`${part}`);
  return Markdown.join([markdown`**${name}** — ${about}`, ...more], '\n\n');
}

function diagnostic(
  { message, line, start, end }: CellProblem,
  severity: vscode.DiagnosticSeverity,
): vscode.Diagnostic {
  const problem = new vscode.Diagnostic(new vscode.Range(line, start, line, end), message, severity);
  problem.source = SOURCE;
  return problem;
}
