import { execFileSync } from 'node:child_process';

/** Process ids of the engines that were started from this extension folder. */
export function enginesOf(extensionFolder: string): number[] {
  return execFileSync('ps', ['-A', '-o', 'pid=,args='], { encoding: 'utf8' })
    .split('\n')
    .filter((line) => line.includes(extensionFolder) && line.includes('engine.mjs'))
    .map((line) => Number.parseInt(line, 10));
}
