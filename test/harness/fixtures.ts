import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** Material that nobody on this project wrote; it lies beside the project and never in it. */
const root = join(import.meta.dirname, '../../../shared/fixtures');

/** The path of a fixture. */
export function fixture(...path: string[]): string {
  return join(root, ...path);
}

/** For `describe` and `it`: what to say where there are no fixtures, false where there are. */
export const skipWithoutFixtures: string | false = existsSync(root) ? false : 'no shared fixtures';
