import { writeFileSync } from 'node:fs';
import path from 'node:path';

/**
 * A reporter for node:test: one line a test, failures in full, and the counts of each test file written as JSON to the
 * file named by `VIVARIUM_COUNTS`. Suites are not counted, but for
 * those that are skipped, and a file without a test in it is a failure.
 *
 * @param {AsyncIterable<{ type: string, data: any }>} source
 */
export default async function* report(source) {
  /** @type {Record<string, { passed: number, failed: number, skipped: number }>} */
  const files = {};
  let last = '';
  /** Names of the tests and suites that are open, outermost first. @type {string[]} */
  const open = [];
  for await (const { type, data } of source) {
    if (type === 'test:stderr' || type === 'test:stdout') yield data.message;
    if (type === 'test:start') open.splice(data.nesting, Infinity, data.name);
    if (type !== 'test:pass' && type !== 'test:fail') continue;
    const file = data.file ? path.relative(process.cwd(), data.file) : '';
    const counts = (files[file] ??= { passed: 0, failed: 0, skipped: 0 });
    const isFile = path.resolve(data.name) === data.file;
    const name = open.slice(0, data.nesting + 1).join(' › ');
    if (file !== last && !isFile) {
      last = file;
      yield `${file}\n`;
    }
    if (data.details?.type === 'suite') {
      // A suite fails with its tests; it counts only where it broke by itself, in a hook say.
      if (type === 'test:fail' && data.details.error?.failureType !== 'subtestsFailed') {
        counts.failed++;
        yield `  ✖ ${name}\n${describe(data.details.error)}`;
      } else if (data.skip !== undefined) {
        // None of its tests is told of: it counts as one.
        counts.skipped++;
        yield `  - ${name}: ${data.skip || 'skipped'}\n`;
      }
    } else if (isFile && type === 'test:pass') {
      counts.failed++;
      yield `  ✖ ${file} holds no test\n`;
    } else if (data.skip !== undefined || data.todo !== undefined) {
      counts.skipped++;
      yield `  - ${name}: ${data.skip || data.todo || 'skipped'}\n`;
    } else if (type === 'test:pass') {
      counts.passed++;
      yield `  ✔ ${name} (${Math.round(data.details?.duration_ms ?? 0)} ms)\n`;
    } else if (data.details?.error?.failureType !== 'subtestsFailed') {
      counts.failed++;
      yield `  ✖ ${name}\n${describe(data.details?.error)}`;
    }
  }
  const file = process.env['VIVARIUM_COUNTS'];
  if (file) writeFileSync(file, JSON.stringify(files));
}

/** @param {any} error */
function describe(error) {
  const cause = error?.cause ?? error;
  const text = typeof cause === 'object' && cause !== null ? (cause.stack ?? String(cause.message)) : String(cause);
  const lines = String(text).split('\n');
  const own = lines.filter((line) => !/^\s+at .*\(?node:internal/.test(line));
  return `${own.map((line) => `      ${line}`).join('\n')}\n`;
}
