import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { root } from '../../scripts/lib/run.mjs';

/** What a run of the tests leaves behind for a person to look at. Stands once this is imported. */
export const artifacts = path.join(root, 'test-artifacts');

mkdirSync(artifacts, { recursive: true });
