/** What one test of the suite came to; one line of JSON a test, from the extension host to the test runner. */
export interface Result {
  readonly title: string;
  readonly skipped: boolean;
  /** Message and stack, where it failed. */
  readonly failure: string | null;
}

/** Names the file that the results go to. */
export const RESULTS_VARIABLE = 'VIVARIUM_INTEGRATION_RESULTS';
