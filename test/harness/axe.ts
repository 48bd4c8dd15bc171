import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { AxeResults } from 'axe-core';
import type { Frame, Page } from 'playwright-core';

const source = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/**
 * Fails, naming rule and element, where axe-core finds something serious or critical in a page or a webview's frame.
 *
 * @param where what is on show, for the message: "Explorer, light theme"
 * @param notOurs rules that are the page's to keep, where it is VS Code's own
 */
export async function assertAccessible(
  page: Page | Frame,
  where: string,
  notOurs: readonly string[] = [],
): Promise<void> {
  await page.evaluate(source);
  const results = await page.evaluate(() =>
    (globalThis as unknown as { axe: { run(options: object): Promise<AxeResults> } }).axe.run({
      resultTypes: ['violations'],
    }),
  );
  const found = results.violations
    .filter(({ id, impact }) => !notOurs.includes(id) && (impact === 'serious' || impact === 'critical'))
    .flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.html} (${node.failureSummary ?? ''})`));
  assert.deepEqual(found, [], `axe-core in ${where}`);
}
