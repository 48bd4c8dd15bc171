import * as crypto from 'node:crypto';
import * as vscode from 'vscode';
import { LifeModel } from '../../core/life/ask';
import { rollForward } from '../../core/life/rollout';
import { boardOfText } from '../../core/life/board-text';
import type { CellSettings } from '../../core/notebook/cell';
import { type BoardPasses, boardPasses } from '../../core/life/board-passes';
import type { LifeDecoding } from '../../core/notebook/life-decoding';
import { TraceAssembler } from '../../core/trace/assemble';
import type { LifeGrid, TraceEvent } from '../../core/trace/record';
import type { ModelSummary } from '../../protocol/models';
import { Problem } from '../../protocol/errors';
import { lifeWriter, type LifeWriterOptions } from '../../protocol/life';
import type { EditorEngine } from '../engine/engine';
import { draftFor } from './draft';
import { lifeOutput } from './output';

/**
 * Runs a Life cell: the model writes what follows the board of the cell, then what follows that, and so on; the result grows
 * with every step.
 * @returns false where it was stopped
 */
export async function runLife(
  execution: vscode.NotebookCellExecution,
  engine: EditorEngine,
  settings: CellSettings,
  body: string,
  models: readonly ModelSummary[],
): Promise<boolean> {
  const target = lifeModelNamed(settings.model, models);
  const { name, folder, file, life: grid } = target;
  if (!grid) throw new Problem({ code: 'internal', message: 'A Life model without a grid.' });
  const stopper = new AbortController();
  execution.token.onCancellationRequested(() => stopper.abort());
  const { signal } = stopper;
  const start = boardOfText(body, grid);
  const decoding = settings.decoderNamed ? new CellDecoding(settings, target, models) : null;
  const writer = lifeWriter(engine, { folder, file }, crypto.randomUUID(), {
    ...{ signal, priority: 'background' },
    ...(decoding ? { decoding: decoding.request, onEvents: (events) => decoding.add(events) } : {}),
  });
  const model = new LifeModel(grid, writer);
  const made = [start];
  let drawing: Promise<unknown> = Promise.resolve();
  const draw = (boards: readonly Uint8Array[], notes: readonly string[] = []): void => {
    const output = lifeOutput(name, grid, boards, notes, decoding?.result ?? null);
    drawing = drawing.then(() => execution.replaceOutput(output));
  };
  draw(made);
  try {
    const { boards, broken } = await rollForward(
      start,
      settings.steps,
      async (board) => {
        const reading = await model.answer(board);
        if (reading.cells) {
          decoding?.end(board, grid);
          made.push(reading.cells);
          draw([...made]);
        }
        return reading;
      },
      { signal },
    );
    draw(boards, broken === null ? [] : [vscode.l10n.t('Step {0} is no board: {1}', boards.length, broken)]);
  } catch (error) {
    if (Problem.from(error).code !== 'cancelled') throw error;
    draw(made, [vscode.l10n.t('Stopped after step {0} of {1}.', made.length - 1, settings.steps)]);
  } finally {
    await drawing;
  }
  return !signal.aborted;
}

/** The decoder that a cell asks for, and how it came to the boards so far. */
class CellDecoding {
  readonly request: LifeWriterOptions['decoding'] & object;
  private assembler = new TraceAssembler();
  private readonly steps: BoardPasses[] = [];
  /** A board that comes back is not asked about again: greedy decoding would say the same in the same passes. */
  private readonly known = new Map<string, BoardPasses>();
  private draftName: string | undefined;
  private exact: boolean | undefined;

  /** @throws Problem `model-not-found` where the decoder needs a draft and there is none that could be it. */
  constructor(settings: CellSettings, target: ModelSummary, models: readonly ModelSummary[]) {
    const draft = draftFor(settings, target, models);
    const { decoder, decoderOptions } = settings;
    this.request = { decoder, decoderOptions, ...(draft ? { draft } : {}) };
  }

  add(events: readonly TraceEvent[]): void {
    for (const event of events) this.assembler.add(event);
  }

  /** After the answer to a board. */
  end(board: Uint8Array, grid: LifeGrid): void {
    const { trace } = this.assembler;
    this.assembler = new TraceAssembler();
    this.draftName = trace?.header.decoder.draft?.name ?? this.draftName;
    this.exact = trace?.header.decoder.exact ?? this.exact;
    const key = board.join('');
    const passes = (trace && boardPasses(trace, grid)) ?? this.known.get(key) ?? [];
    this.known.set(key, passes);
    this.steps.push(passes);
  }

  get result(): LifeDecoding {
    const draft = this.draftName === undefined ? {} : { draft: this.draftName };
    const exact = this.exact === undefined ? {} : { exact: this.exact };
    return { decoder: this.request.decoder, ...exact, ...draft, steps: [...this.steps] };
  }
}

/**
 * The model that a cell names, which is known to be there, or the first Life model.
 * @throws Problem `model-not-found` where there is no Life model
 */
function lifeModelNamed(name: string | null, models: readonly ModelSummary[]): ModelSummary {
  const runnable = models.filter(({ kind, problem }) => kind === 'life' && !problem);
  const model =
    name === null ? runnable.find(({ role }) => role === 'target') : runnable.find((each) => each.name === name);
  if (model) return model;
  throw new Problem({
    code: 'model-not-found',
    message: vscode.l10n.t('No Life model that can be run was found.'),
  });
}
