import * as fs from 'node:fs/promises';

/** Writes beside the file and renames, so that a reader sees the old file or the new one, never a part. */
export async function writeAtomically(file: string, content: string | Uint8Array): Promise<void> {
  const temporary = `${file}.${process.pid}.${Date.now()}.tmp`;
  try {
    await fs.writeFile(temporary, content);
    await fs.rename(temporary, file);
  } catch (error) {
    await fs.rm(temporary, { force: true });
    throw error;
  }
}

/** A text that is to be saved where the user says. */
export interface TextFile {
  /** What the dialog is for. */
  readonly title: string;
  /** Name that is suggested; its extension says the form. */
  readonly name: string;
  readonly content: string;
}

/** A moment of a run as a part of a file's name: `2026-01-02-03-04-05` */
export function fileDate(createdAt: string): string {
  return createdAt.slice(0, 19).replace('T', '-');
}
