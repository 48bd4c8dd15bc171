import * as vscode from 'vscode';
import type { CursorSnapshot } from '../../protocol/cursorView';
import type { ModelSummary } from '../../protocol/models';
import { choiceOf, editorModel } from '../editor/model';
import { SCHEMES } from '../editor/surprisal';

/** Characters read for each token that is wanted: more than tokens have on average in any language. */
export const CHARACTERS_A_TOKEN = 8;
/** Where neither file nor config says how long a context may be. */
const DEFAULT_CONTEXT = 512;

/** The text that is being edited and the model that reads it, or why there is none. */
export type Reading = {
  /** What a page says of the models; absent where they were not asked for. */
  readonly models?: Pick<CursorSnapshot<never>, 'models' | 'model' | 'missing'>;
} & (
  | { readonly shown: { readonly state: 'no-editor' | 'untrusted' | 'no-model' } }
  | { readonly shown: null; readonly editor: vscode.TextEditor; readonly model: ModelSummary }
);

export async function readingOf(models: { list(): Promise<readonly ModelSummary[]> }): Promise<Reading> {
  const editor = vscode.window.activeTextEditor;
  if (!editor || !SCHEMES.includes(editor.document.uri.scheme)) return { shown: { state: 'no-editor' } };
  if (!vscode.workspace.isTrusted) return { shown: { state: 'untrusted' } };
  const { usable, model, missing } = editorModel(await models.list());
  const choices = usable.map((each) => choiceOf(each, usable));
  const about = { models: { models: choices, model: model ? choiceOf(model, usable) : null, missing } };
  if (!model) return { ...about, shown: { state: 'no-model' } };
  return { ...about, shown: null, editor, model };
}

/** Tokens before the cursor that a model is given: what the setting says, as far as the model takes them. */
export function contextLimit({ contextLength }: ModelSummary): number {
  const value: unknown = vscode.workspace.getConfiguration('vivarium.editor').get('contextTokens');
  const wanted = typeof value === 'number' && value >= 8 && value <= 4096 ? Math.round(value) : 256;
  return Math.max(2, Math.min(contextLength ?? DEFAULT_CONTEXT, wanted));
}

/** Tells when the cursor, the text, or what answers may be another. */
export function onMove(listener: () => void): vscode.Disposable {
  return vscode.Disposable.from(
    vscode.window.onDidChangeActiveTextEditor(listener),
    vscode.window.onDidChangeTextEditorSelection(({ textEditor }) => {
      if (textEditor === vscode.window.activeTextEditor) listener();
    }),
    vscode.workspace.onDidChangeTextDocument(({ document, contentChanges }) => {
      if (contentChanges.length > 0 && document === vscode.window.activeTextEditor?.document) listener();
    }),
    vscode.workspace.onDidChangeConfiguration((event) => {
      if (event.affectsConfiguration('vivarium.editor')) listener();
    }),
    vscode.workspace.onDidGrantWorkspaceTrust(listener),
  );
}
