import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MemoryWatch } from '../../src/engine/memoryWatch';

function watch() {
  const now = { resident: 100, models: 0, tensors: 0, clock: 0 };
  const memory = new MemoryWatch({
    resident: () => now.resident,
    models: () => now.models,
    tensors: () => now.tensors,
    clock: () => now.clock,
  });
  const lost = (method: string): number | undefined => {
    now.clock += 10_000;
    const report = memory.after(method);
    return report && report.resident - report.expected;
  };
  return { now, memory, lost };
}

test('what a model and its first run take is expected, and so are the tensors of runs', () => {
  const { now, lost } = watch();
  assert.equal(lost('info'), 0);
  Object.assign(now, { resident: 5000, models: 100, tensors: 400 });
  assert.equal(lost('run'), 0);
  Object.assign(now, { resident: 5600, tensors: 1000 });
  assert.equal(lost('run'), 0);
});

test('what grows after a model’s first run is lost', () => {
  const { now, lost } = watch();
  Object.assign(now, { resident: 5000, models: 100 });
  assert.equal(lost('run'), 0);
  now.resident = 5700;
  assert.equal(lost('run'), 700);
  assert.equal(lost('attentionHead'), 700);
});

test('a model that was loaded and has not run yet is expected by its size', () => {
  const { now, lost } = watch();
  Object.assign(now, { resident: 400, models: 100 });
  assert.ok((lost('positionLogits') as number) <= 0);
});

test('reports are a second apart, but the first run of a model is reported at once', () => {
  const { now, memory } = watch();
  assert.ok(memory.after('info'));
  assert.equal(memory.after('info'), undefined);
  now.models = 5;
  assert.ok(memory.after('run'));
  assert.equal(memory.after('run'), undefined);
  now.clock += 1000;
  assert.ok(memory.after('run'));
});
