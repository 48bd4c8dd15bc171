// The same work by transformers.js, from local files alone.
// Reads {folder, dtype, ids, newTokens} messages from its parent and answers {seconds, ids}.
import * as path from 'node:path';
import { AutoModelForCausalLM, Tensor, env } from '@huggingface/transformers';

env.allowRemoteModels = false;
const models = new Map();

/** @param {string} folder @param {string} dtype */
async function modelFor(folder, dtype) {
  const key = `${folder} ${dtype}`;
  let model = models.get(key);
  if (!model) {
    env.localModelPath = path.dirname(folder);
    model = await AutoModelForCausalLM.from_pretrained(path.basename(folder), { dtype, device: 'cpu' });
    models.set(key, model);
  }
  return model;
}

process.on('message', async ({ folder, dtype, ids, newTokens }) => {
  const model = await modelFor(folder, dtype);
  const started = performance.now();
  const input = new Tensor('int64', BigInt64Array.from(ids, BigInt), [1, ids.length]);
  const mask = new Tensor('int64', new BigInt64Array(ids.length).fill(1n), [1, ids.length]);
  const output = await model.generate({
    input_ids: input,
    attention_mask: mask,
    max_new_tokens: newTokens,
    min_new_tokens: newTokens,
    do_sample: false,
  });
  const all = Array.from(output.data, Number);
  process.send({ seconds: (performance.now() - started) / 1000, ids: all.slice(ids.length) });
});
process.send('ready');
