import * as vscode from 'vscode';
import type { ModelSummary } from '../../protocol/models';

/** The models that can read the text of an editor, and the one that does. */
export interface EditorModels {
  readonly usable: readonly ModelSummary[];
  /** The one that the setting names, else the first; undefined where there is none. */
  readonly model: ModelSummary | undefined;
  /** The name in the setting, where no usable model has it. */
  readonly missing: string | null;
}

export function editorModel(models: readonly ModelSummary[]): EditorModels {
  const usable = models.filter(
    ({ kind, role, problem, tokenizer }) => kind === 'text' && role === 'target' && !problem && tokenizer !== 'none',
  );
  const value: unknown = vscode.workspace.getConfiguration('vivarium.editor').get('model');
  const wanted = typeof value === 'string' ? value.trim() : '';
  const named = usable.find(({ name }) => name === wanted);
  return { usable, model: named ?? usable[0], missing: wanted !== '' && !named ? wanted : null };
}

/** Writes the choice where the one in force stands: a workspace's own hides the user's. */
export async function chooseEditorModel(name: string): Promise<void> {
  const settings = vscode.workspace.getConfiguration('vivarium.editor');
  const inWorkspace = settings.inspect('model')?.workspaceValue !== undefined;
  const { Global, Workspace } = vscode.ConfigurationTarget;
  await settings.update('model', name, inWorkspace ? Workspace : Global);
}
