import { givenLayers, type ModelRef, type ModelReport } from '../../protocol/models';
import type { RestoreRequest, RestoreResult } from '../../protocol/runs';
import { Problem } from '../../protocol/errors';
import { TensorFile } from '../tensors/tensorFile';
import type { RunStore } from './runStore';

interface RestoreServices {
  readonly inspect: (ref: ModelRef) => Promise<ModelReport>;
  readonly runs: RunStore;
}

/** What one side, file or model, can give; and why not what it cannot. */
interface Offer {
  readonly layers: readonly number[];
  readonly hidden: boolean;
  readonly logits: boolean;
  readonly reason?: string;
}

/** Makes a run known again: what is asked for later comes from its file, else from scoring its tokens. */
export async function restoreRun(request: RestoreRequest, { inspect, runs }: RestoreServices): Promise<RestoreResult> {
  const { runId, model: identity, ids, promptLength, recorded } = request;
  const { file, reason: fileReason } = await openFile(request);
  const inFile: Offer = {
    layers: [...(file?.attention.keys() ?? [])],
    hidden: false,
    logits: file?.hasLogits ?? false,
  };
  // A file that has everything needs no model.
  const isWhole = inFile.layers.length > 0 && inFile.logits && recorded.hidden.length === 0;
  const inModel = isWhole ? nothing('') : await modelOffer(request, inspect);
  const attentionSource = inFile.layers.length > 0 ? 'file' : inModel.layers.length > 0 ? 'model' : 'none';
  const layers = attentionSource === 'file' ? inFile.layers : inModel.layers;
  const logitsSource = inFile.logits ? 'file' : inModel.logits ? 'model' : 'none';
  const run = runs.open({
    runId,
    identity,
    ...(request.ref ? { ref: request.ref } : {}),
    ids: [...ids],
    promptLength,
    attention: layers,
    hidden: inModel.hidden ? recorded.hidden : [],
    logits: recorded.logits && logitsSource !== 'none',
  });
  run.file = file;
  const reasonFor = (source: 'file' | 'model' | 'none'): { reason?: string } => {
    const reasons = source === 'file' ? [] : [fileReason, inModel.reason];
    const reason = reasons.filter((each) => each !== undefined && each !== '').join(' ');
    return reason === '' ? {} : { reason };
  };
  return {
    attention: { layers, source: attentionSource, ...reasonFor(attentionSource) },
    logits: { source: logitsSource, ...reasonFor(logitsSource) },
  };
}

async function openFile({ tensors, ids }: RestoreRequest): Promise<{ file?: TensorFile; reason?: string }> {
  if (tensors === undefined) return {};
  try {
    return { file: await TensorFile.open(tensors, ids) };
  } catch (error) {
    return { reason: Problem.from(error).message };
  }
}

async function modelOffer(
  { model: identity, ref, ids }: RestoreRequest,
  inspect: RestoreServices['inspect'],
): Promise<Offer> {
  if (!ref) {
    return nothing(
      identity.server
        ? `${identity.name} ran on ${identity.server.address}: a server shows no attention, hidden states or logits.`
        : `The model of this run, ${identity.name}, is not to be found.`,
    );
  }
  let report: ModelReport;
  try {
    report = await inspect(ref);
  } catch (error) {
    return nothing(Problem.from(error).message);
  }
  const { probes, layers, vocabularySize, contextLength } = report.summary;
  const fits = ids.length <= (contextLength ?? Infinity) && ids.every((id) => id < (vocabularySize ?? Infinity));
  if (!fits) return nothing(`The tokens of this run do not fit the model that is now in ${ref.folder}.`);
  const changed =
    report.sha256 === identity.sha256
      ? undefined
      : `${report.file} is not the file that made this run (its SHA-256 differs), so what is computed again may differ.`;
  const attention = givenLayers(probes.attention, layers ?? 0);
  const reasons = [changed, probes.attention.available ? undefined : probes.attention.how];
  const reason = reasons.filter((each) => each !== undefined).join(' ');
  return {
    layers: attention,
    hidden: probes.hidden.available,
    logits: probes.logits.available,
    ...(reason === '' ? {} : { reason }),
  };
}

function nothing(reason: string): Offer {
  return { layers: [], hidden: false, logits: false, reason };
}
