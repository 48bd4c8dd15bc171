// The loop that anybody would write: greedy decoding over one ONNX file with onnxruntime-node, keeping the cache.
// Reads {file, layers, heads, headSize, ids, newTokens} messages from its parent and answers {seconds, ids}.
import * as ort from 'onnxruntime-node';

const sessions = new Map();

/** @param {string} file */
async function sessionFor(file) {
  let session = sessions.get(file);
  if (!session) {
    session = await ort.InferenceSession.create(file);
    sessions.set(file, session);
  }
  return session;
}

/** @param {number[]} values */
const int64 = (values) => new ort.Tensor('int64', BigInt64Array.from(values, BigInt), [1, values.length]);

process.on('message', async ({ file, kvHeads, headSize, ids, newTokens }) => {
  const session = await sessionFor(file);
  const started = performance.now();
  const sequence = [...ids];
  let past = {};
  for (const name of session.inputNames) {
    if (name.startsWith('past_key_values.')) {
      past[name] = new ort.Tensor('float32', new Float32Array(0), [1, kvHeads, 0, headSize]);
    }
  }
  let fed = sequence;
  for (let step = 0; step < newTokens; step++) {
    const length = sequence.length;
    const feeds = { input_ids: int64(fed), ...past };
    if (session.inputNames.includes('attention_mask')) feeds.attention_mask = int64(new Array(length).fill(1));
    if (session.inputNames.includes('position_ids')) {
      feeds.position_ids = int64(fed.map((_, index) => length - fed.length + index));
    }
    const outputs = await session.run(feeds);
    const logits = outputs.logits;
    const vocabulary = logits.dims[2];
    const row = logits.data.subarray((fed.length - 1) * vocabulary, fed.length * vocabulary);
    let best = 0;
    for (let id = 1; id < vocabulary; id++) if (row[id] > row[best]) best = id;
    sequence.push(best);
    fed = [best];
    past = {};
    for (const name of session.outputNames) {
      if (name.startsWith('present.')) past[name.replace('present.', 'past_key_values.')] = outputs[name];
    }
  }
  process.send({ seconds: (performance.now() - started) / 1000, ids: sequence.slice(ids.length) });
});
process.send('ready');
