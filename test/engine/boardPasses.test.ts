import assert from 'node:assert/strict';
import { join } from 'node:path';
import { readFileSync } from 'node:fs';
import { after, before, describe, test, type TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import { EngineClient } from '../../src/client/index';
import { boardPasses, cellsOfPass, decidedCells, NO_PASS } from '../../src/core/life/board-passes';
import { randomBoard } from '../../src/core/life/board';
import { readPrediction } from '../../src/core/life/prediction';
import { lifePrompt } from '../../src/core/life/prompt';
import { neighbourCounts } from '../../src/core/life/rule';
import { readRejections } from '../../src/core/life/rejections';
import { locateLife } from '../../src/core/life/sequence';
import { Random } from '../../src/core/numeric/random';
import { TraceAssembler } from '../../src/core/trace/assemble';
import type { LifeGrid, Trace } from '../../src/core/trace/record';
import type { Sampling } from '../../src/core/decode/sampling';
import { MEASURED_CAPTURE, measuredRun } from '../../src/protocol/compare';
import type { RunRequest } from '../../src/protocol/runs';
import { testFolder } from '../harness/modelFolder';

const folder = (name: string): string => join(import.meta.dirname, '../../models', name);
const MODEL = { folder: folder('lifegpt-16-draft') };
const OTHER = { folder: folder('lifegpt-16') };
const GREEDY: Sampling = { temperature: 0, topK: 0, topP: 1, minP: 0, seed: 3 };
const WARM: Sampling = { ...GREEDY, temperature: 4, topK: 2 };

describe('boards that a real model wrote under each decoder', () => {
  let client: EngineClient;
  let grid: LifeGrid;
  let board: Uint8Array;

  before(async () => {
    client = new EngineClient({
      enginePath: fileURLToPath(new URL('../../src/engine/main.ts', import.meta.url)),
      execArgv: ['--import', 'tsx'],
      log: () => undefined,
      idleMilliseconds: Infinity,
      onStatus: () => undefined,
    });
    grid = (await client.call('inspectModel', { model: MODEL })).summary.life!;
    board = randomBoard(Random.fromSeed(11), grid, 0.6);
  });
  after(async () => {
    client.dispose();
    await client.ended();
  });

  /** The model is right about Conway's rule: by HighLife's it is wrong wherever a dead cell has six live neighbours. */
  function asHighLife(context: TestContext): { readonly folder: string } {
    const copy = testFolder(context, MODEL.folder);
    const { vivarium } = JSON.parse(readFileSync(join(copy.path, 'config.json'), 'utf8')) as { vivarium: object };
    copy.edit('config.json', { vivarium: { ...vivarium, rule: 'B36/S23' } });
    return { folder: copy.path };
  }

  async function run(over: Partial<RunRequest> & { readonly decoder: string }): Promise<Trace> {
    const assembler = new TraceAssembler();
    const request: RunRequest = {
      ...{ runId: over.decoder, model: MODEL, prompt: { text: lifePrompt(board, grid) }, sampling: GREEDY },
      ...{ maxNewTokens: 258, capture: MEASURED_CAPTURE, ...over },
    };
    const { signal } = new AbortController();
    await measuredRun(client, request, {
      signal,
      onEvents: (events) => events.forEach((event) => assembler.add(event)),
    });
    return assembler.trace!;
  }

  function read(trace: Trace) {
    const own = trace.header.model.life!;
    const passes = boardPasses(trace, own)!;
    const sequence = locateLife(trace.tokens, trace.header.promptLength, own)!;
    const prediction = readPrediction(trace.tokens, sequence);
    const boards = { before: board, exact: prediction.exact, predicted: prediction.cells };
    const { decoder, sampling } = trace.header;
    const reading = readRejections(passes, boards, {
      ...{ name: decoder.name, exact: decoder.exact, temperature: sampling.temperature, draft: decoder.draft?.name },
    });
    return { passes, sequence, prediction, reading, decided: decidedCells(passes, 256) };
  }

  /** The cells say what the tokens of the trace say, and each was brought by one pass. */
  function consistent(trace: Trace): ReturnType<typeof read> {
    const all = read(trace);
    const { passes, sequence, decided } = all;
    const brought = new Array<number>(256).fill(0);
    for (const pass of passes) {
      for (const { cell, fate, origin } of cellsOfPass(pass, 256)) {
        if (origin === null) continue;
        brought[cell]!++;
        assert.equal(origin, trace.tokens[sequence.firstAnswer + cell]!.origin);
        if (fate === 'accepted') assert.equal(origin, 'accepted');
        if (fate === 'rejected') assert.equal(origin, 'replacement');
      }
    }
    assert.deepEqual(
      brought.map((count, cell) => count + Number(decided.pass[cell] === 0)),
      Array.from(decided.pass, (pass) => Number(pass !== NO_PASS)),
    );
    // The verdicts that the trace holds are those that the passes give.
    const rejected = trace.passes.flatMap(({ speculation }) =>
      (speculation?.drafted ?? []).flatMap(({ verdict }, place) =>
        verdict === 'rejected' ? [speculation!.start + place - sequence.firstAnswer] : [],
      ),
    );
    const shown = Array.from(all.reading.map.rejected).flatMap((is, cell) => (is ? [cell] : []));
    assert.deepEqual(
      shown,
      rejected.filter((cell) => cell >= 0 && cell < 256).sort((a, b) => a - b),
    );
    return all;
  }

  test('rejections of the exact rule are the errors of the model, at temperature 0', async (context) => {
    const model = asHighLife(context);
    for (const gamma of [400, 7]) {
      const { reading, prediction, sequence } = consistent(
        await run({ decoder: 'exact-rule', decoderOptions: { gamma }, model }),
      );
      const { meaning, holds, rejected, wrong, wrongUnjudged, map } = reading;
      assert.deepEqual([meaning, holds], ['errors', true]);
      assert.equal(wrong, prediction.falseBirths + prediction.falseDeaths);
      assert.equal(reading.decided, 256);
      assert.equal(rejected + wrongUnjudged, wrong);
      const sixth = neighbourCounts(board, grid).map((count, cell) => Number(count === 6 && board[cell] === 0));
      const cells = sixth.map((is, cell) => is & map.judged[cell]!);
      assert.deepEqual(map.rejected, cells, 'the cells that the two rules decide otherwise');
      assert.ok(rejected > 3, `${rejected} rejected`);
      assert.equal(sequence.grid.rule, 'B36/S23');
    }
    const right = consistent(await run({ decoder: 'exact-rule' })).reading;
    assert.deepEqual([right.meaning, right.holds, right.rejected, right.wrong], ['errors', true, 0, 0]);
  });

  test('at a temperature they are the draws against the rule', async () => {
    const { reading } = consistent(await run({ decoder: 'exact-rule', sampling: WARM }));
    assert.deepEqual([reading.meaning, reading.holds], ['draws', true]);
    assert.ok(reading.rejected > 0);
  });

  test('of the previous board they are the cells that the model changes', async () => {
    const { reading, prediction } = consistent(await run({ decoder: 'copy-previous' }));
    assert.deepEqual([reading.meaning, reading.holds], ['changes', true]);
    assert.ok(reading.rejected > 0);
    assert.ok(reading.rejected <= prediction.cells.reduce((sum, cell, at) => sum + Number(cell !== board[at]), 0));
  });

  for (const decoder of ['jacobi', 'speculative-jacobi']) {
    test(`of ${decoder} they are guesses that did not hold, and the board is the one of plain decoding`, async () => {
      const { reading, prediction } = consistent(await run({ decoder, decoderOptions: { window: 8 } }));
      assert.deepEqual([reading.meaning, reading.holds], ['guesses', null]);
      assert.ok(reading.rejected > 0);
      const plain = read(await run({ decoder: 'autoregressive' }));
      assert.equal(plain.reading.meaning, 'none');
      assert.deepEqual(prediction.cells, plain.prediction.cells);
    });
  }

  test('of another model they are draws that went against it', async () => {
    const { reading } = consistent(await run({ decoder: 'speculative', draft: OTHER, sampling: WARM }));
    assert.deepEqual([reading.meaning, reading.decoder.draft], ['draft', 'lifegpt-16']);
    assert.ok(reading.rejected > 0);
  });
});
