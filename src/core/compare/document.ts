import type { OptionValues } from '../decode/options';
import { csv } from '../text/csv';
import type { Comparison, ComparisonRow } from './comparison';
import { rowLabels } from './labels';

/** A comparison for programs: what `vivarium compare --json` prints; the fields are documented in docs/cli.md. */
export function comparisonDocument({ setup, rounds, rows }: Comparison): object {
  const labels = rowLabels(rows);
  return {
    model: setup?.model ?? null,
    draft: rows.find(({ result }) => result?.draft)?.result?.draft ?? null,
    promptLength: setup?.promptLength ?? null,
    sampling: setup?.sampling ?? null,
    maxNewTokens: setup?.maxNewTokens ?? null,
    rounds,
    results: rows.map((row, place) => ({ label: labels[place], ...rowDocument(row) })),
    software: setup?.software ?? null,
  };
}

function rowDocument({ decoder, exact, options, result, problem }: ComparisonRow): object {
  return {
    decoder,
    exact,
    options: result?.allOptions ?? options,
    passes: result?.passes ?? null,
    generatedTokens: result?.generatedTokens ?? null,
    tokensPerPass: result?.tokensPerPass ?? null,
    seconds: result?.seconds ?? null,
    secondsRange: result?.secondsRange ?? null,
    rounds: result?.rounds ?? 0,
    steady: result?.steady ?? null,
    prefillSeconds: result?.prefillSeconds ?? null,
    draftSeconds: result?.draftSeconds ?? null,
    verifySeconds: result?.verifySeconds ?? null,
    tokensPerSecond: result?.tokensPerSecond ?? null,
    finish: result?.finish ?? null,
    speculation: result?.speculation ?? null,
    identical: result ? result.difference === null : null,
    firstDifference: result?.difference?.index ?? null,
    difference: result?.difference ?? null,
    speedUp: result?.speedUp ?? null,
    ids: result?.ids ?? null,
    generatedText: result?.generatedText ?? null,
    problem,
  };
}

const COLUMNS = [
  ...['decoder', 'label', 'exact', 'options', 'draft', 'passes', 'generated_tokens', 'tokens_per_pass'],
  ...['drafted', 'accepted', 'acceptance_rate', 'mean_acceptance_length', 'alpha', 'output_tv_mean'],
  ...['seconds', 'seconds_min', 'seconds_max', 'rounds', 'prefill_seconds', 'draft_seconds', 'verify_seconds'],
  ...['tokens_per_second', 'speed_up', 'identical', 'first_difference', 'expected_token', 'found_token'],
  ...['finish', 'problem', 'model', 'dtype', 'prompt_tokens', 'max_new_tokens'],
  ...['temperature', 'top_k', 'top_p', 'min_p', 'seed'],
] as const;

/** A comparison as a table, a row a decoder; what is not known is empty. Each row carries the setup, so that files can be joined. */
export function comparisonCsv({ setup, rows }: Comparison): string {
  const labels = rowLabels(rows);
  return csv(
    COLUMNS,
    rows.map(({ decoder, exact, options, result, problem }, place) => {
      const { speculation, difference } = result ?? {};
      return [
        ...[decoder, labels[place], exact, optionsText(result?.allOptions ?? options), result?.draft?.name],
        ...[result?.passes, result?.generatedTokens, result?.tokensPerPass],
        ...[speculation?.drafted, speculation?.accepted, speculation?.acceptanceRate],
        ...[speculation?.meanAcceptanceLength, speculation?.alpha, speculation?.outputTv?.mean],
        ...[result?.seconds, result?.secondsRange.min, result?.secondsRange.max, result?.rounds],
        ...[result?.prefillSeconds, result?.draftSeconds, result?.verifySeconds],
        ...[result?.tokensPerSecond, result?.speedUp, result ? difference === null : null],
        ...[difference?.index, difference?.expected?.text, difference?.found?.text],
        ...[result?.finish, problem?.message, setup?.model.name, setup?.model.dtype],
        ...[setup?.promptLength, setup?.maxNewTokens, setup?.sampling.temperature, setup?.sampling.topK],
        ...[setup?.sampling.topP, setup?.sampling.minP, setup?.sampling.seed],
      ];
    }),
  );
}

/** `gamma=4; schedule=constant` */
function optionsText(options: OptionValues): string {
  return Object.entries(options)
    .map(([name, value]) => `${name}=${value}`)
    .join('; ');
}
