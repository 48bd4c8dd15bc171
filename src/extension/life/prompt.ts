import * as vscode from 'vscode';
import { boardOfPatternFor, boardOfText } from '../../core/life/board-text';
import { patternOfBoard } from '../../core/life/edit/document';
import { formOfName, readPattern } from '../../core/life/formats';
import { lifePrompt, runDefaults } from '../../core/life/prompt';
import type { LifeGrid } from '../../core/trace/record';
import type { ExplorerSettings } from '../../protocol/explorerState';
import type { ModelRef, ModelSummary } from '../../protocol/models';
import { Problem } from '../../protocol/errors';
import { defaultSettings } from '../explorer/defaults';
import type { ModelCatalog } from '../models/catalog';
import type { LifeDocument } from './document';

/** A pattern that a model of Life can be asked about. */
export interface AskedPattern {
  /** @throws CoreError where it is no pattern, or larger than the grid. */
  readonly boardOn: (grid: LifeGrid) => Uint8Array;
}

/**
 * The pattern that a command is about: the file that it was given, else the one in front; of a text, what is selected of it.
 * @param inFront the pattern that the Life editor in front shows.
 * @param shown the document of a file that a Life editor shows, with what was not saved yet.
 * @returns undefined where that is no pattern.
 */
export async function askedPattern(
  argument: unknown,
  inFront: LifeDocument | undefined,
  shown: (uri: vscode.Uri) => LifeDocument | undefined,
): Promise<AskedPattern | undefined> {
  const editor = vscode.window.activeTextEditor;
  const given = argument instanceof vscode.Uri ? argument : undefined;
  const isText = editor && (given === undefined || given.toString() === editor.document.uri.toString());
  if (isText) {
    if (!formOfName(editor.document.uri.path)) return undefined;
    const text = editor.document.getText(editor.selection.isEmpty ? undefined : editor.selection);
    return { boardOn: (grid) => boardOfText(text, grid) };
  }
  const document = given ? shown(given) : inFront;
  if (document) return { boardOn: (grid) => boardOfPatternFor(patternOfBoard(document.pattern, document.board), grid) };
  if (!given || !formOfName(given.path)) return undefined;
  const pattern = readPattern(await vscode.workspace.fs.readFile(given), given.path);
  return { boardOn: (grid) => boardOfPatternFor(pattern, grid) };
}

/**
 * The models of Life that can be run, the chosen one first where it is one.
 * @throws Problem `not-available` where there is none.
 */
export async function lifeModels(catalog: ModelCatalog, chosen: ModelRef | null): Promise<readonly ModelSummary[]> {
  const models = (await catalog.list()).filter((model) => model.life && !model.problem && model.role === 'target');
  if (models.length === 0) {
    throw new Problem({
      code: 'not-available',
      message: vscode.l10n.t('There is no model of Life that can be run.'),
    });
  }
  return models.toSorted(
    (one, other) => Number(other.folder === chosen?.folder) - Number(one.folder === chosen?.folder),
  );
}

/**
 * The controls that ask a model of Life about a pattern: the model that is chosen already, else the first on whose grid it fits.
 * @throws Problem `not-available` where there is no model of Life.
 * @throws CoreError as {@link AskedPattern.boardOn}, where it fits no model's grid.
 */
export async function patternSettings(
  { boardOn }: AskedPattern,
  catalog: ModelCatalog,
  chosen: ModelRef | null,
): Promise<Partial<ExplorerSettings>> {
  const models = await lifeModels(catalog, chosen);
  let refusal: unknown;
  for (const [at, model] of models.entries()) {
    const grid = model.life as LifeGrid;
    try {
      const prompt = lifePrompt(boardOn(grid), grid);
      const { maxNewTokens, sampling } = runDefaults(model, { ...defaultSettings(), maxNewTokens: 1 });
      // How the model that is chosen already is to be run, is the user's choice.
      if (model.folder === chosen?.folder) return { model: chosen, prompt, maxNewTokens };
      return { model: { folder: model.folder, file: model.file }, prompt, maxNewTokens, sampling };
    } catch (error) {
      if (at === 0) refusal = error;
    }
  }
  throw refusal;
}
