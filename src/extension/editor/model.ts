import * as vscode from 'vscode';
import type { ModelSummary } from '../../protocol/models';

/** The models that can read the text of an editor, and the one that does. */
export interface EditorModels {
  readonly usable: readonly ModelSummary[];
  /** The one that the setting names, by its name or its folder, else the first; undefined where there is none. */
  readonly model: ModelSummary | undefined;
  /** The name in the setting, where no usable model has it. */
  readonly missing: string | null;
}

/** Whether a model can read a text: what stands in one can be any text, so it needs a tokenizer. */
export function readsTexts({ kind, role, problem, tokenizer }: ModelSummary): boolean {
  return kind === 'text' && role === 'target' && !problem && tokenizer !== 'none';
}

export function editorModel(models: readonly ModelSummary[]): EditorModels {
  const usable = models.filter(readsTexts);
  const value: unknown = vscode.workspace.getConfiguration('vivarium.editor').get('model');
  const wanted = typeof value === 'string' ? value.trim() : '';
  const named = usable.find(({ folder }) => folder === wanted) ?? usable.find(({ name }) => name === wanted);
  return { usable, model: named ?? usable[0], missing: wanted !== '' && !named ? wanted : null };
}

/** What the setting calls a model: its name, or its folder where another one has that name too. */
export function choiceOf({ name, folder }: ModelSummary, usable: readonly ModelSummary[]): string {
  return usable.filter((other) => other.name === name).length > 1 ? folder : name;
}

/** Writes the choice where the one in force stands: a workspace's own hides the user's. */
export async function chooseEditorModel(choice: string): Promise<void> {
  const settings = vscode.workspace.getConfiguration('vivarium.editor');
  const inWorkspace = settings.inspect('model')?.workspaceValue !== undefined;
  const { Global, Workspace } = vscode.ConfigurationTarget;
  await settings.update('model', choice, inWorkspace ? Workspace : Global);
}
