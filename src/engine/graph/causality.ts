import type { DecoderBlock } from './blocks';
import type { AttentionSite } from './forms/form';
import { inputRole } from './interface';
import type { OnnxNode } from './onnx';
import type { Scope } from './scope';

/** Whether attention sees earlier tokens only, later ones too, or whether the graph does not tell. */
export type Reading = 'causal' | 'both-ways' | 'undecided';

/**
 * How a file without a cache reads a text, by what its graph does. `both-ways` where one attention has no mask at all, or one
 * that is made without knowing where a token stands; `undecided` where positions go into a mask, which may then be any.
 * @param ids name of the input of token ids.
 */
export function readingOf(scope: Scope, blocks: readonly DecoderBlock[], ids: string): Reading {
  const readings = blocks.map(({ attention }) => (attention ? siteReading(scope, attention, ids) : 'undecided'));
  if (readings.includes('both-ways')) return 'both-ways';
  return readings.length > 0 && readings.every((reading) => reading === 'causal') ? 'causal' : 'undecided';
}

function siteReading(scope: Scope, { form, node }: AttentionSite, ids: string): Reading {
  const masks = form.masks(scope, node);
  if (masks === 'causal') return 'causal';
  if (masks === 'unknown') return 'undecided';
  return masks.values.every((mask) => isPlaceless(scope, mask, masks.scores, ids)) ? 'both-ways' : 'undecided';
}

/** Operators that make nothing of where a token stands unless they are given it. */
const placeless: ReadonlySet<string> = new Set([
  ...['Add', 'And', 'Cast', 'CastLike', 'Clip', 'Concat', 'ConstantOfShape', 'Div', 'Equal', 'Expand', 'Gather'],
  ...['Identity', 'IsInf', 'IsNaN', 'Max', 'Min', 'Mul', 'Neg', 'Not', 'Or', 'Pow', 'ReduceMax', 'ReduceMin'],
  ...['Reshape', 'Shape', 'Slice', 'Sqrt', 'Squeeze', 'Sub', 'Tanh', 'Tile', 'Transpose', 'Unsqueeze', 'Where'],
  ...['Constant'],
]);

/** Whether a value is made without positions: of constants that hold none, shapes and the mask of padding alone. */
function isPlaceless(scope: Scope, value: string, scores: OnnxNode | null, ids: string): boolean {
  const seen = new Set<OnnxNode>();
  const stack: { value: string; scope: Scope }[] = [{ value, scope }];
  for (let top = stack.pop(); top; top = stack.pop()) {
    const { value: name, scope: at } = top;
    if (name === '') continue;
    const constant = at.constant(name);
    if (constant) {
      const [rows = 1, columns = 1] = constant.dims.slice(-2);
      const single = constant.dims.length === 1 ? rows : columns;
      if (single > mostPlain || (constant.dims.length > 1 && rows > 1 && columns > 1)) return false;
      continue;
    }
    const node = at.producer(name);
    if (!node) {
      if (at.outer?.defines(name)) stack.push({ value: name, scope: at.outer });
      else if (!isPaddingMask(at, name, ids)) return false;
      continue;
    }
    if (node === scores || seen.has(node)) continue;
    seen.add(node);
    if (node.domain !== '' || !placeless.has(node.op)) return false;
    // What a shape is of says nothing more.
    if (node.op !== 'Shape') for (const input of node.inputs) stack.push({ value: input, scope: at });
  }
  return true;
}

/** Shapes and axes have no more elements; positions of a whole context do. */
const mostPlain = 8;

/** Whether an input says which tokens there are, and of these which are padding. */
function isPaddingMask(scope: Scope, name: string, ids: string): boolean {
  const input = scope.graph.inputs.find((each) => each.name === name);
  return name === ids || (input !== undefined && inputRole(input) === 'attention-mask');
}
