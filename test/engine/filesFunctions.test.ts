import assert from 'node:assert/strict';
import { join } from 'node:path';
import { writeFileSync } from 'node:fs';
import { describe, it, type TestContext } from 'node:test';
import { inspectModel, ModelStore } from '../../src/engine/model';
import type { PassCapture } from '../../src/engine/model/types';
import { bufferSource, readOnnx } from '../../src/engine/graph/index';
import { encodeNode } from '../../src/engine/graph/encode';
import { type Span, WireWriter } from '../../src/engine/graph/protobuf';
import { testFolder } from '../harness/modelFolder';
import { createSession, largestDifference } from '../harness/onnx';
import { toy, toyDecoder } from '../harness/toyDecoder';
import { toyFiles, writeFiles } from '../harness/toyFolder';

const ids = [1, 4, 2, 7, 3];

interface Wrapping {
  /** Calls the function from within another one, as often as this. */
  readonly nested?: number;
  /** Opset that the functions say they are written for. */
  readonly opset?: number;
  /** The function calls itself. */
  readonly circular?: boolean;
  /** The axis of every Softmax is an attribute of the function: given by the call, or by the function's default. */
  readonly axis?: 'given' | 'default';
}

/** The toy decoder as one call of a local function that holds all its operators; weights stay in the graph. */
function inFunction({ nested = 0, opset = 18, circular, axis }: Wrapping = {}): Uint8Array {
  const bytes = toyDecoder();
  const { graph } = readOnnx(bufferSource(bytes));
  const copy = ({ start, end }: Span): Uint8Array => bytes.slice(start, end);
  const inputs = [...graph.inputs.map(({ name }) => name), ...graph.initializers.keys()];
  const outputs = graph.outputs.map(({ name }) => name);
  const domain = 'local.functions';
  const int = (name: string, value: number): WireWriter => new WireWriter().text(1, name).int(3, value).int(20, 2);
  const referred = (name: string): WireWriter => new WireWriter().text(1, name).int(20, 2).text(21, 'axis');
  const head = (name: string): WireWriter => {
    const writer = new WireWriter().text(1, name).text(10, domain);
    for (const input of inputs) writer.text(4, input);
    for (const output of outputs) writer.text(5, output);
    writer.message(9, new WireWriter().text(1, '').int(2, opset));
    return writer.message(9, new WireWriter().text(1, domain).int(2, 1));
  };
  const call = (name: string, isOuter: boolean): WireWriter => {
    const node = encodeNode(name, `call ${name}`, inputs, outputs, {}, domain);
    if (axis === 'given') node.message(5, isOuter ? int('axis', -1) : referred('axis'));
    return node;
  };
  const whole = head('Level0');
  if (axis === 'given') whole.text(6, 'axis');
  if (axis === 'default') whole.message(11, int('axis', -1));
  for (const node of graph.nodes) {
    if (node.op === 'Softmax' && axis) {
      const softmax = new WireWriter().text(1, node.inputs[0] ?? '').text(2, node.outputs[0] ?? '');
      whole.message(7, softmax.text(4, 'Softmax').message(5, referred('axis')));
    } else whole.bytes(7, copy(node.span));
  }
  if (circular) whole.message(7, encodeNode('Level0', 'again', inputs, ['unused'], {}, domain));
  const functions = [whole];
  for (let level = 1; level <= nested; level++) {
    const outer = head(`Level${level}`).message(7, call(`Level${level - 1}`, false));
    functions.push(axis === 'given' ? outer.text(6, 'axis') : outer);
  }
  const main = new WireWriter().message(1, call(`Level${nested}`, true)).text(2, 'main');
  for (const { span } of graph.initializers.values()) if (span) main.bytes(5, copy(span));
  const rest = new WireWriter();
  const values = readValues(bytes, graph.span);
  for (const { field, content } of values) rest.bytes(field, content);
  main.raw(rest.finish());
  const model = new WireWriter().int(1, 8).message(8, new WireWriter().text(1, '').int(2, 18));
  model.message(8, new WireWriter().text(1, domain).int(2, 1)).message(7, main);
  for (const each of functions) model.message(25, each);
  return model.finish();
}

/** The inputs and outputs of a graph as they stand in the file. */
function readValues(bytes: Uint8Array, { start, end }: Span): { field: number; content: Uint8Array }[] {
  const found: { field: number; content: Uint8Array }[] = [];
  const varint = (at: number): [value: number, next: number] => {
    let [value, shift, next] = [0, 1, at];
    for (;;) {
      const byte = bytes[next++] as number;
      value += (byte & 0x7f) * shift;
      if (byte < 0x80) return [value, next];
      shift *= 128;
    }
  };
  for (let at = start; at < end;) {
    const [tag, afterTag] = varint(at);
    const [length, content] = varint(afterTag);
    const field = tag >> 3;
    if (field === 11 || field === 12) found.push({ field, content: bytes.slice(content, content + length) });
    at = content + length;
  }
  return found;
}

function folderOf(context: TestContext, model: Uint8Array): string {
  const { path } = testFolder(context);
  writeFiles(path, { ...toyFiles(), 'model.onnx': model });
  return path;
}

async function pass(folder: string): Promise<{ logits: Float32Array; maps: Float32Array[]; hidden: Float32Array[] }> {
  const model = await new ModelStore().open({ folder });
  const layers = Array.from({ length: model.layers }, (_, layer) => layer);
  const captures: PassCapture[] = [];
  const states = [...layers, model.layers];
  const sequence = model.openSequence({ attention: layers, hidden: states, onPass: (each) => captures.push(each) });
  const logits = await sequence.extend(ids);
  const [capture] = captures as [PassCapture];
  return {
    logits,
    maps: layers.map((layer) => capture.attention.get(layer) as Float32Array),
    hidden: states.map((state) => capture.hidden.get(state) as Float32Array),
  };
}

describe('attention inside local functions', () => {
  for (const [what, wrapping] of [
    ['one function', {}],
    ['functions in functions', { nested: 3 }],
    ['an attribute that the call gives', { axis: 'given' }],
    ['an attribute that is handed on', { axis: 'given', nested: 2 }],
    ['an attribute with a default', { axis: 'default' }],
  ] as const) {
    it(`is read as in a graph without: ${what}`, async (t) => {
      const bytes = inFunction(wrapping);
      // onnxruntime itself runs the file: the fixture is one.
      const folder = folderOf(t, bytes);
      await (await createSession(bytes, folder)).release();
      const expected = await pass(folderOf(t, toyDecoder()));
      const given = await pass(folder);
      assert.equal(largestDifference(given.logits, expected.logits), 0);
      for (const what of ['maps', 'hidden'] as const) {
        assert.equal(given[what].length, expected[what].length);
        given[what].forEach((tensor, i) => {
          assert.equal(largestDifference(tensor, expected[what][i] as Float32Array), 0);
        });
      }
      const { summary, operators } = await inspectModel({ folder });
      assert.deepEqual([summary.layers, summary.heads, summary.bytes], [toy.layers, toy.heads, bytes.length]);
      assert.equal(operators.find(({ name }) => name === 'Softmax')?.count, toy.layers);
    });
  }

  it('is refused with the reason where functions cannot be written out', async (t) => {
    for (const [wrapping, reason] of [
      [{ opset: 17 }, /"Level0" is written for version 17 of the standard’s operators, the model for 18/],
      [{ circular: true }, /"Level0" calls itself, or too deeply/],
    ] as const) {
      const folder = folderOf(t, inFunction(wrapping));
      await assert.rejects(new ModelStore().open({ folder }), { code: 'onnx-unsupported', message: reason });
    }
  });

  it('broken functions are called that', async (t) => {
    const bytes = Buffer.from(inFunction());
    const folder = folderOf(t, bytes);
    const at = bytes.lastIndexOf('local.functions');
    // A length within the function that points past its end.
    bytes[at - 1] = 0x7f;
    writeFileSync(join(folder, 'model.onnx'), bytes);
    await assert.rejects(new ModelStore().open({ folder }), { code: 'onnx-invalid', message: /^model\.onnx is / });
  });
});
