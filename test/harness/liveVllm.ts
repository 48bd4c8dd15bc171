import { existsSync } from 'node:fs';
import path from 'node:path';
import { commandOf, startVllm } from '../../scripts/lib/modelServers.mjs';

const given = process.env['VIVARIUM_LIVE_SERVER'];
const command = commandOf('VIVARIUM_VLLM', 'vllm');

/** SmolLM2-135M as a folder with both `model.safetensors` and `onnx/model.onnx`; empty where there is none. */
export const liveModel = process.env['VIVARIUM_SMOLLM2'] ?? '';

/** Why tests against a live vLLM server cannot run; false where they can. */
export const skipWithoutVllm =
  liveModel === '' || !existsSync(path.join(liveModel, 'onnx/model.onnx'))
    ? 'no SmolLM2 (VIVARIUM_SMOLLM2)'
    : !given && !command
      ? 'no vLLM (VIVARIUM_LIVE_SERVER, or a vllm command)'
      : false;

/**
 * A vLLM server of that model: the one at `VIVARIUM_LIVE_SERVER`, or one that is started with the `vllm` command on the path
 * or named by `VIVARIUM_VLLM`.
 */
export async function liveVllm(): Promise<{ readonly address: string; readonly stop: () => Promise<void> }> {
  if (given !== undefined && given !== '') return { address: given, stop: () => Promise.resolve() };
  if (command === null) throw new Error('There is no vLLM here.');
  return startVllm(command, liveModel);
}
