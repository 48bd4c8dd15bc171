import type { BoardSettings, LifeBoard } from '../../core/life/edit/board';
import { cellsOfRuns, runsOf } from '../../core/life/edit/runs';
import { Problem } from '../../protocol/errors';

/** What is kept of changes that were not saved, when the window closes: the file that they were made to, and the board. */
export interface Backup {
  readonly file: Uint8Array;
  readonly board: LifeBoard;
}

interface BackupFile {
  readonly version: 1;
  /** Base64, as are the runs: 32-bit little-endian. */
  readonly file: string;
  readonly runs: string;
  readonly settings: BoardSettings;
}

export function writeBackup(file: Uint8Array, { cells, settings }: LifeBoard): Uint8Array {
  const runs = runsOf(cells);
  const backup: BackupFile = {
    version: 1,
    file: Buffer.from(file).toString('base64'),
    runs: Buffer.from(runs.buffer).toString('base64'),
    settings,
  };
  return Buffer.from(JSON.stringify(backup));
}

/** @throws Problem `file` where it is no backup that this version has written. */
export function readBackup(bytes: Uint8Array): Backup {
  const backup = JSON.parse(Buffer.from(bytes).toString('utf8')) as Partial<BackupFile>;
  const { version, file, runs, settings } = backup;
  const words = Uint8Array.from(Buffer.from(runs ?? '', 'base64'));
  const cells = words.length % 4 === 0 ? cellsOfRuns(new Int32Array(words.buffer)) : null;
  if (version !== 1 || file === undefined || !settings || !cells) {
    throw new Problem({ code: 'file', message: 'The changes that were kept of this pattern cannot be read.' });
  }
  return { file: Uint8Array.from(Buffer.from(file, 'base64')), board: { cells, settings } };
}
