import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';

/** A model folder of a test's own, removed when the test ends. */
export interface TestFolder {
  readonly path: string;
  write(file: string, content: string | Uint8Array): void;
  /** Replaces text in a file byte by byte; both have the same length, so that an ONNX file stays one. */
  replaceBytes(file: string, from: string, to: string): void;
  /** Changes fields of a JSON file. */
  edit(file: string, fields: Readonly<Record<string, unknown>>): void;
  remove(file: string): void;
}

/** A copy of `source`, or an empty folder. */
export function testFolder(context: TestContext, source?: string): TestFolder {
  const path = mkdtempSync(join(tmpdir(), 'vivarium-model-'));
  context.after(() => rmSync(path, { recursive: true, force: true }));
  if (source !== undefined) cpSync(source, path, { recursive: true });
  const write = (file: string, content: string | Uint8Array): void => writeFileSync(join(path, file), content);
  return {
    path,
    write,
    replaceBytes(file, from, to) {
      if (from.length !== to.length) throw new Error(`${from} and ${to} differ in length`);
      const text = readFileSync(join(path, file), 'latin1');
      if (!text.includes(from)) throw new Error(`${file} has no ${from}`);
      write(file, Buffer.from(text.replaceAll(from, to), 'latin1'));
    },
    edit(file, fields) {
      const value = JSON.parse(readFileSync(join(path, file), 'utf8')) as object;
      write(file, JSON.stringify({ ...value, ...fields }));
    },
    remove: (file) => rmSync(join(path, file), { recursive: true }),
  };
}
