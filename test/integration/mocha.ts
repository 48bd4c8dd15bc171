/** Runs inside the extension host: every suite with mocha, the results to a file. */
import { appendFileSync } from 'node:fs';
import Mocha from 'mocha';
import { RESULTS_VARIABLE, type Result } from './results';

/** @param define loads the suites, which describe themselves to mocha */
export function runSuites(define: () => void): Promise<void> {
  const file = process.env[RESULTS_VARIABLE];
  if (file === undefined) throw new Error(`${RESULTS_VARIABLE} is not set`);
  const record = (result: Result): void => appendFileSync(file, `${JSON.stringify(result)}\n`);

  const mocha = new Mocha({ ui: 'bdd', timeout: 120_000, reporter: 'dot' });
  // The suites are in this bundle already: put mocha's globals in place, then let them describe themselves.
  mocha.suite.emit('pre-require', globalThis as unknown as Mocha.MochaGlobals, '', mocha);
  define();
  return new Promise((resolve, reject) => {
    mocha
      .run((failures) => (failures === 0 ? resolve() : reject(new Error(`${failures} failed`))))
      .on('pass', (test) => record({ title: test.fullTitle(), skipped: false, failure: null }))
      .on('pending', (test) => record({ title: test.fullTitle(), skipped: true, failure: null }))
      .on('fail', (test, error: Error) =>
        record({ title: test.fullTitle(), skipped: false, failure: error.stack ?? error.message }),
      );
  });
}
