import * as crypto from 'node:crypto';
import * as vscode from 'vscode';
import { firstDifference } from '../../core/compare/difference';
import { findDecoder } from '../../core/decode/registry';
import { type CellSettings, parseCell, readCell } from '../../core/notebook/cell';
import { runnableNames, unknownModels } from '../../core/notebook/models';
import type { CellKind } from '../../core/notebook/keys';
import type { Shown } from '../../core/notebook/shown';
import { tokenLabel } from '../../core/text/tokens';
import { TraceAssembler } from '../../core/trace/assemble';
import type { Trace } from '../../core/trace/record';
import type { ModelSummary } from '../../protocol/models';
import type { RunEvent, RunRequest } from '../../protocol/runs';
import { Problem } from '../../protocol/errors';
import type { EditorEngine } from '../engine/engine';
import { defaultSettings } from '../explorer/defaults';
import type { ModelCatalog } from '../models/catalog';
import type { RunStore } from '../runs/store';
import type { Servers } from '../servers/servers';
import { cellKind } from './languages';
import { attentionOf } from './attention';
import { draftFor } from './draft';
import { runLife } from './life';
import { growingOutput, runOutput } from './output';
import { Redraw } from './redraw';

interface CellRequest {
  readonly settings: CellSettings;
  readonly kind: CellKind;
  readonly prompt: string;
  /** What may not have been meant as it was read, a sentence each. */
  readonly doubts: readonly string[];
}

/** Runs one cell: reads its header, asks the engine, and writes the result while it streams. */
export class CellRunner {
  /** The last run of each name, by notebook: what later cells compare with. */
  private readonly named = new WeakMap<vscode.NotebookDocument, Map<string, Trace>>();

  constructor(
    private readonly engine: EditorEngine,
    private readonly catalog: ModelCatalog,
    private readonly servers: Servers,
    private readonly runs: RunStore,
  ) {}

  /**
   * @returns false where the run was stopped
   * @throws Problem `prompt-invalid` where the cell is not as it should be, or what the run fails with
   */
  async run(execution: vscode.NotebookCellExecution): Promise<boolean> {
    const { cell, token } = execution;
    await execution.clearOutput();
    const { settings, kind, prompt, doubts } = await this.cellRequest(cell.document);
    const models = await this.catalog.list();
    if (kind === 'life') return runLife(execution, this.engine, settings, prompt, models);
    const model = modelNamed(settings.model, models, this.servers.list());
    const stopper = new AbortController();
    token.onCancellationRequested(() => stopper.abort());
    const show = settings.show ?? shownByDefault(settings);
    const request = runRequest(settings, prompt, model, models, show.includes('attention'));
    const compared = this.comparedWith(cell.notebook, settings.compare);

    const assembler = new TraceAssembler();
    const recording = this.runs.record();
    const redraw = new Redraw();
    try {
      const options = {
        signal: stopper.signal,
        priority: 'background',
        onEvent: (event: RunEvent) => {
          if (event.type !== 'trace') return;
          for (const each of event.events) assembler.add(each);
          recording.add(event.events);
          redraw.soon(() => {
            const { trace } = assembler;
            return trace ? execution.replaceOutput(growingOutput(trace, show)) : Promise.resolve();
          });
        },
      } as const;
      if (model.server) {
        const { runId, sampling, maxNewTokens } = request;
        await this.servers.run(model.folder, { runId, prompt, sampling, maxNewTokens }, options);
      } else {
        await this.engine.call('run', request, options);
      }
    } finally {
      const { trace } = assembler;
      if (trace) {
        const { attention, note } = await attentionOf(this.engine, request, trace);
        const notes = [...doubts, ...stopped(trace), ...(compared ? [comparison(compared, trace)] : []), ...note];
        await redraw.last(() => execution.replaceOutput(runOutput(trace, show, notes, attention)));
        await recording.end(trace);
        this.remember(cell.notebook, settings.name, trace);
      }
      if (!model.server) void this.engine.call('closeRun', { runId: request.runId }).catch(() => undefined);
    }
    const { summary } = assembler.trace ?? {};
    if (model.server && summary?.finish === 'failed') {
      throw new Problem({ code: 'server', message: summary.message ?? vscode.l10n.t('The server failed.') });
    }
    return summary?.finish !== 'cancelled';
  }

  /** What a cell asks for. @throws Problem `prompt-invalid` with everything that is wrong in it, line by line. */
  private async cellRequest(document: vscode.TextDocument): Promise<CellRequest> {
    const kind = cellKind(document.languageId) ?? 'prompt';
    const cell = parseCell(document.getText(), kind);
    const { settings, problems } = readCell(cell, kind, defaultSettings());
    const names = runnableNames(await this.catalog.list(), this.servers.list());
    const wrong = [...cell.problems, ...problems, ...unknownModels(cell, kind, names)];
    if (wrong.length > 0) {
      const lines = wrong
        .sort((a, b) => a.line - b.line)
        .map(({ line, message }) => {
          return vscode.l10n.t('Line {0}: {1}', line + 1, message);
        });
      throw new Problem({ code: 'prompt-invalid', message: lines.join(' ') });
    }
    // The blank line at the end that an editor leaves is no part of the prompt.
    const prompt = cell.body.replace(/\r?\n$/, '');
    return { settings, kind, prompt, doubts: cell.doubts.map(({ message }) => message) };
  }

  private comparedWith(notebook: vscode.NotebookDocument, name: string | null): { name: string; trace: Trace } | null {
    if (name === null) return null;
    const trace = this.named.get(notebook)?.get(name);
    if (trace) return { name, trace };
    throw new Problem({
      code: 'prompt-invalid',
      message: vscode.l10n.t('There is no run named "{0}" in this notebook yet.', name),
      action: vscode.l10n.t('Give a cell above "name: {0}" and run it first.', name),
    });
  }

  private remember(notebook: vscode.NotebookDocument, name: string | null, trace: Trace): void {
    if (name === null) return;
    const runs = this.named.get(notebook) ?? new Map<string, Trace>();
    this.named.set(notebook, runs.set(name, trace));
  }
}

/** What was stopped says so, and where. */
function stopped({ summary, tokens, header }: Trace): readonly string[] {
  if (summary?.finish !== 'cancelled') return [];
  return [vscode.l10n.t('Stopped after {0} new tokens.', Math.max(0, tokens.length - header.promptLength))];
}

/**
 * The model that a cell names, which is known to be there, or the first text model.
 * @throws Problem `model-not-found` where there is no text model
 */
function modelNamed(
  name: string | null,
  models: readonly ModelSummary[],
  remote: readonly ModelSummary[],
): ModelSummary {
  const runnable = models.filter(({ problem }) => !problem);
  const model =
    name === null
      ? runnable.find(({ kind, role }) => kind === 'text' && role === 'target')
      : (runnable.find((candidate) => candidate.name === name) ??
        // Of two servers with one name, the address tells which.
        remote.find(({ name: own, folder }) => own === name || folder === name));
  if (model) return model;
  throw new Problem({
    code: 'model-not-found',
    message: vscode.l10n.t('No text model that can be run was found.'),
    action: vscode.l10n.t('Name one with "model:" in the header of the cell.'),
  });
}

function runRequest(
  settings: CellSettings,
  prompt: string,
  model: ModelSummary,
  models: readonly ModelSummary[],
  attention: boolean,
): RunRequest {
  if (attention && !model.probes.attention.available) {
    throw new Problem({
      code: 'not-available',
      message: vscode.l10n.t('{0} cannot show attention: {1}', model.name, model.probes.attention.how),
      action: vscode.l10n.t('Leave "attention" out of "show".'),
    });
  }
  if (model.server && settings.decoder !== 'autoregressive') {
    throw new Problem({
      code: 'not-available',
      message: vscode.l10n.t('{0} runs on a server, which decodes by itself.', model.name),
      action: vscode.l10n.t('Leave "decoder" out of the cell, or name a model of this machine.'),
    });
  }
  const draft = draftFor(settings, model, models);
  return {
    runId: crypto.randomUUID(),
    model: { folder: model.folder, file: model.file },
    prompt: { text: prompt },
    decoder: settings.decoder,
    decoderOptions: settings.decoderOptions,
    ...(draft ? { draft } : {}),
    sampling: settings.sampling,
    maxNewTokens: settings.maxNewTokens,
    capture: { attention: attention ? 'all' : [], hidden: [], logits: false },
  };
}

function shownByDefault({ decoder }: CellSettings): readonly Shown[] {
  return findDecoder(decoder)?.drafts ? ['speculation'] : ['tokens'];
}

/** One sentence on two runs. */
function comparison({ name, trace: earlier }: { readonly name: string; readonly trace: Trace }, trace: Trace): string {
  const difference = firstDifference(earlier.tokens, trace.tokens);
  if (!difference) return vscode.l10n.t('Token for token the same as "{0}".', name);
  const said = (token: { text: string } | null): string =>
    token ? `"${tokenLabel(token.text)}"` : vscode.l10n.t('its end');
  return vscode.l10n.t(
    'Differs from "{0}" at token {1}: {2} instead of {3}.',
    name,
    difference.index,
    said(difference.found),
    said(difference.expected),
  );
}
