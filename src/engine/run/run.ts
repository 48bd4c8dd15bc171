import type { CausalModel } from '../../core/sequence/causal';
import { TRACE_VERSION, type FinishReason, type TraceHeader, type TraceSummary } from '../../core/trace/record';
import { TraceRecorder } from '../../core/trace/recorder';
import type { RequestSignal } from '../../protocol/call';
import type { ModelRef } from '../../protocol/models';
import type { RunEvent, RunRequest, RunResult } from '../../protocol/runs';
import { Problem } from '../../protocol/errors';
import { requestProblem } from '../coreProblem';
import type { LoadedModel, PassCapture, Sequence, SequenceOptions, TakeTurn } from '../model/types';
import { Slices } from '../slices';
import { planTensors, type TensorPlan } from '../tensors/plan';
import { chooseCapture, type ChosenCapture } from './capture';
import { chooseDecoder, openAids, openExit, type KeptStates } from './decoding';
import { EventStream } from './eventStream';
import type { KeptRun } from './keptRun';
import { encodePrompt } from './prompt';
import type { RunStore } from './runStore';
import type { LoadModel } from './waiting';

export interface RunServices {
  readonly load: LoadModel;
  readonly runs: RunStore;
  readonly turn: TakeTurn;
  readonly kept: KeptStates;
  readonly software: TraceHeader['software'];
}

interface RunContext {
  readonly signal: RequestSignal;
  readonly emit: (event: RunEvent) => void;
}

/**
 * Runs a prompt: the trace is streamed, the tensors that were asked for go into the store.
 * Stopped, it gives what there is up to there, finish `cancelled`; before the trace has begun it throws `cancelled`.
 * @throws Problem where it cannot begin, or where a pass fails: the trace then ends with a summary `failed`.
 */
export async function runPrompt(
  request: RunRequest,
  services: RunServices,
  { signal, emit }: RunContext,
): Promise<RunResult> {
  const chosen = asProblem(() => chooseDecoder(request));
  const { decoder } = chosen;
  const load = (ref: ModelRef): Promise<LoadedModel> =>
    services.load(ref, {
      turn: services.turn,
      signal,
      onLoading: (message) => emit({ type: 'loading', message }),
    });
  const model = await load(request.model);
  const draft = request.draft ? await load(request.draft) : null;
  const ids = encodePrompt(model, request.prompt);
  const capture = chooseCapture(model, request.capture);
  if (decoder.needs.includes('exit')) emit({ type: 'loading', message: `Cutting ${model.identity.name} in two` });
  const { options, exit } = await openExit(chosen, model).catch((error: unknown) => {
    throw requestProblem(error);
  });
  const opened = asProblem(() => openAids(decoder, model, draft, ids, services.kept, exit));
  const { vocabularySize, contextLength } = model.identity;
  const total = Math.min(ids.length + request.maxNewTokens, contextLength ?? Infinity);
  const plan = planTensors(
    {
      attentionLayers: capture.attention.length,
      heads: model.heads,
      hiddenBlocks: capture.hidden.length,
      width: model.width,
      vocabularySize,
      tokens: total,
    },
    services.runs.budget,
  );
  const run = services.runs.open({
    runId: request.runId,
    identity: model.identity,
    ref: model.ref,
    ids: [...ids],
    promptLength: ids.length,
    ...capture,
  });
  services.runs.makeRoom(plan.bytes, run);
  run.prepare(plan, model.heads, model.width, vocabularySize);

  return run.inTurn(async () => {
    const stream = new EventStream(emit);
    stream.push({
      type: 'header',
      version: TRACE_VERSION,
      id: request.runId,
      createdAt: new Date().toISOString(),
      software: services.software,
      model: model.identity,
      sequence: { form: 'causal' },
      tokenizer: model.tokenizer.kind,
      ...('text' in request.prompt ? { promptText: request.prompt.text } : {}),
      promptLength: ids.length,
      decoder: {
        name: decoder.name,
        exact: decoder.exact,
        ...(Object.keys(options).length > 0 ? { options } : {}),
        ...(draft ? { draft: draft.identity } : {}),
      },
      sampling: request.sampling,
      maxNewTokens: request.maxNewTokens,
      endIds: model.endIds,
      capture: { attention: capture.attention, hidden: capture.hidden, logits: capture.logits },
    });
    stream.flush();
    stream.progress(0, total, null);
    const recorder = new TraceRecorder({
      describe: (tokens) => model.tokenizer.describe(tokens),
      clock: () => performance.now(),
      drafts: decoder.drafts,
    });
    // A prompt may be many passes before there is a token to tell.
    const target = new RecordedSequence(
      (wanted) => opened.openTarget(wanted),
      run,
      plan,
      (read) => {
        if (recorder.tokenCount === 0) stream.progress(read, total, null);
      },
    );
    const finish = (reason: FinishReason, message?: string): TraceSummary => {
      const notes = [
        ...capture.notes,
        ...notesOf(plan, capture),
        ...(exit?.note ? [`${exit.note} The layers below are therefore run again to verify.`] : []),
      ];
      const summary = recorder.summary(reason, { ...(message === undefined ? {} : { message }), notes });
      stream.push(summary);
      stream.flush();
      return summary;
    };
    try {
      const steps = decoder.decode(target, {
        prompt: ids,
        maxNewTokens: request.maxNewTokens,
        endIds: model.endIds,
        sampling: request.sampling,
        signal,
        clock: () => performance.now(),
        options,
        aids: opened.aids,
      });
      const slices = new Slices();
      for (;;) {
        const step = await steps.next();
        if (step.done) {
          if (step.value !== 'cancelled') await target.finish().catch(unlessCancelled);
          return { runId: request.runId, summary: finish(step.value) };
        }
        for (const event of recorder.record(step.value)) {
          if (event.type === 'token') run.record.ids[event.index] = event.id;
          stream.push(event);
          await slices.pause();
        }
        stream.endOfPass();
        stream.progress(recorder.tokenCount, total, recorder.tokensPerSecond);
      }
    } catch (error) {
      const problem = requestProblem(error);
      if (problem.code === 'cancelled') return { runId: request.runId, summary: finish('cancelled') };
      finish('failed', problem.message);
      throw problem;
    } finally {
      // A pass that was not told to the end left more than the sequence holds.
      run.truncate(run.record.ids.length);
      target.dispose();
      opened.dispose();
    }
  });
}

/** What `work` gives; errors of core as problems. */
function asProblem<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw requestProblem(error);
  }
}

/** The target as decoders see it: what its passes bring of tensors goes to the run. */
class RecordedSequence implements CausalModel {
  private readonly sequence: Sequence;
  private readonly slices = new Slices();
  private captured: PassCapture[] = [];

  constructor(
    open: (options: SequenceOptions) => Sequence,
    private readonly run: KeptRun,
    plan: TensorPlan,
    /** Told how many tokens are read, after every pass. */
    private readonly onRead: (length: number) => void,
  ) {
    this.sequence = open({
      attention: plan.attention === 'none' ? [] : run.record.attention,
      hidden: plan.hidden ? run.record.hidden : [],
      onPass: (capture) => {
        this.captured.push(capture);
        this.onRead(capture.pastLength + capture.fed);
      },
    });
  }

  get vocabularySize(): number {
    return this.sequence.vocabularySize;
  }

  get contextLength(): number {
    return this.sequence.contextLength;
  }

  get length(): number {
    return this.sequence.length;
  }

  get chunk(): number {
    return this.sequence.chunk;
  }

  async extend(tokens: readonly number[]): Promise<Float32Array> {
    const pastLength = this.length;
    this.captured = [];
    const logits = await this.sequence.extend(tokens);
    for (const capture of this.captured) await this.run.absorb(capture, this.slices);
    this.run.logits?.put(logits, pastLength, tokens.length);
    return logits;
  }

  rollback(length: number): void {
    this.sequence.rollback(length);
    this.run.truncate(length);
  }

  /** The token drawn last was not fed, and tensors cover all tokens: feeds what is missing. */
  async finish(): Promise<void> {
    const { record } = this.run;
    const recorded = this.run.attention.size > 0 || this.run.hidden.size > 0 || record.logits;
    if (recorded && this.length < record.ids.length) await this.extend(record.ids.slice(this.length));
  }

  dispose(): void {
    this.sequence.dispose();
  }
}

function notesOf(plan: TensorPlan, capture: ChosenCapture): string[] {
  const again = 'is computed again from the tokens when it is asked for';
  return [
    ...(plan.attention === 'codes' && capture.attention.length > 0
      ? [
          'Attention is held as 8-bit codes, because exact weights of this run do not fit the memory set aside for them.',
        ]
      : []),
    ...(plan.attention === 'none' && capture.attention.length > 0
      ? [`Attention was not held, because this run's does not fit the memory set aside for it: it ${again}.`]
      : []),
    ...(!plan.hidden && capture.hidden.length > 0
      ? [`The hidden states were not held, because they do not fit the memory set aside for them: each ${again}.`]
      : []),
  ];
}

/** All tokens are there: what is missing of the tensors is computed when it is asked for. */
function unlessCancelled(error: unknown): void {
  if (Problem.from(error).code !== 'cancelled') throw error;
}
