import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { Ajv } from 'ajv';
// From the Python package nbformat 5.11.1, whose licence stands beside it.
import schema from './nbformat.v4.5.schema.json';

/** A notebook file, as far as the tests look into it. */
export interface SavedNotebook {
  readonly nbformat: number;
  readonly cells: readonly {
    readonly outputs?: readonly { readonly output_type: string; readonly data?: Readonly<Record<string, unknown>> }[];
  }[];
}

// It is of draft 4 and uses nothing that later drafts read otherwise.
const { $schema: _, ...rules } = schema;
const isValid = new Ajv({ strict: false, allErrors: true }).compile(rules);

/** A notebook as it stands on the disk. Fails, naming each field, where it is not what Jupyter's own schema demands. */
export async function savedNotebook(file: string): Promise<SavedNotebook> {
  const notebook: unknown = JSON.parse(await readFile(file, 'utf8'));
  isValid(notebook);
  assert.deepEqual(isValid.errors ?? [], [], file);
  return notebook as SavedNotebook;
}

/** The types under which each result is kept, cell by cell; errors have none. */
export function outputTypes({ cells }: SavedNotebook): readonly (readonly string[])[] {
  return cells.map(({ outputs = [] }) => outputs.flatMap(({ data }) => Object.keys(data ?? {})).sort());
}
