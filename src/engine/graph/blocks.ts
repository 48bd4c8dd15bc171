import type { Mixing } from '../../core/trace/record';
import type { AttentionSite } from './forms/form';
import type { Mixer } from './mixing';
import type { OnnxNode } from './onnx';
import type { Cut, DataFlow } from './residual';
import type { Scope } from './scope';

/** A block of the residual stream: what one layer of the model adds to it. */
export interface DecoderBlock {
  readonly layer: number;
  /** Null for a layer without attention, or one whose attention is not recognised. */
  readonly attention: AttentionSite | null;
  /** How its tokens come to see others; `attention` also where there is more of it than one can be read. */
  readonly mixing: Mixing;
  /** Where the residual stream enters the block; null where it is not one tensor. */
  readonly entry: Cut | null;
}

export interface Blocks {
  readonly blocks: readonly DecoderBlock[];
  /** Where the residual stream leaves the last block; null where the blocks cannot be told apart. */
  readonly exit: Cut | null;
}

/** Operators that change no value, only its form. */
export const formOps: ReadonlySet<string> = new Set(['Cast', 'Reshape', 'Identity', 'Unsqueeze', 'Squeeze', 'Flatten']);

/**
 * The blocks of the residual stream, with attention or without. A block begins where the stream enters something that lets
 * tokens see others, or where the names of nodes and weights number the next block.
 */
export function findBlocks(scope: Scope, flow: DataFlow, mixers: readonly Mixer[]): Blocks {
  return namedBlocks(scope, flow, mixers) ?? structuralBlocks(scope, flow, mixers);
}

/** The stretch of the flow behind one cut, up to and with the next. */
interface Stretch {
  readonly entry: Cut;
  readonly end: Cut;
  /** The number of the block that its names give; null where they give none. */
  readonly number: number | null;
  readonly mixers: readonly Mixer[];
}

/** A block whose stretches are being gathered. */
interface Group {
  readonly stretches: Stretch[];
  /** Its first stretch may belong to a stretch before it that bears no name. */
  readonly isVague: boolean;
}

/**
 * Blocks by their names, and where exporters left these out, by what mixes tokens. Null where the names do not count the
 * blocks from 0 in the order of the flow: weights may be shared between layers, and bear the name of the first.
 */
function namedBlocks(scope: Scope, flow: DataFlow, mixers: readonly Mixer[]): Blocks | null {
  const stretches = findStretches(scope, flow, mixers);
  if (!stretches?.some(({ number }) => number !== null)) return null;
  const groups: Group[] = [];
  for (const [i, stretch] of stretches.entries()) {
    const open = groups.at(-1);
    const next = groups.length;
    const mixes = stretch.mixers.length > 0;
    const isFull = !open || open.stretches.some((each) => each.mixers.length > 0);
    const begins = stretch.number === null ? mixes && isFull : stretch.number === next;
    if (begins) {
      const before = stretches[i - 1];
      const isVague = !mixes && before !== undefined && before.number === null && before.end.isResidualSum;
      groups.push({ stretches: [stretch], isVague });
    } else if (stretch.number === null || stretch.number === next - 1) open?.stretches.push(stretch);
    else return null;
  }
  // A final norm is sometimes numbered as a layer of its own.
  while (groups.at(-1)?.stretches.every(({ end, mixers: own }) => !end.isResidualSum && own.length === 0)) groups.pop();
  const isOneForAll = groups.length === 1 && sitesOf(groups[0]).length > 1;
  if (groups.length === 0 || isOneForAll) return null;
  const last = groups.at(-1) as Group;
  return {
    blocks: groups.map(({ stretches: own, isVague }, layer) => {
      const [{ entry }] = own as [Stretch];
      return blockOf(
        layer,
        isVague ? null : entry,
        own.flatMap((stretch) => stretch.mixers),
      );
    }),
    // Behind the last sum, and the norm of a model that normalises behind its sums, comes what leads to the logits.
    exit: inLastForm(
      flow,
      last.stretches.findLast(({ end, number }) => end.isResidualSum || number !== null)?.end ?? null,
    ),
  };
}

function sitesOf(group: Group | undefined): AttentionSite[] {
  return (group?.stretches ?? []).flatMap(({ mixers }) => mixers.flatMap(({ site }) => site ?? []));
}

/** Null where a stretch belongs to no block clearly. */
function findStretches(scope: Scope, flow: DataFlow, mixers: readonly Mixer[]): Stretch[] | null {
  const stretches: Stretch[] = [];
  for (const [i, entry] of flow.cuts.slice(0, -1).entries()) {
    const end = flow.cuts[i + 1] as Cut;
    const votes = new Map<number, number>();
    let all = 0;
    for (const node of flow.order.slice(entry.index + 1, end.index + 1)) {
      const number = numberOf(scope, node);
      if (number === null) continue;
      votes.set(number, (votes.get(number) ?? 0) + 1);
      all++;
    }
    const [most] = [...votes].sort((a, b) => b[1] - a[1]);
    if (most && most[1] < all * clearShare) return null;
    const own = mixers.filter(({ index }) => index > entry.index && index <= end.index);
    stretches.push({ entry, end, number: most?.[0] ?? null, mixers: own });
  }
  return stretches;
}

/** Optimisers let layers share weights that are equal, so that a few nodes bear the name of another layer. */
const clearShare = 0.6;

const blockName = /(?:^|[./_])(?:layers?|h|blocks?)[._/](\d+)(?=[._/]|$)/i;

/** The number of the layer that a node's name, or else the name of one of its weights, gives. */
function numberOf(scope: Scope, node: OnnxNode): number | null {
  const names = [node.name, ...node.inputs.filter((input) => scope.isConstant(input))];
  for (const name of names) {
    const number = blockName.exec(name)?.[1];
    if (number !== undefined) return Number(number);
  }
  return null;
}

function entryOf(flow: DataFlow, { index }: Mixer): Cut | null {
  return flow.cuts.findLast((cut) => cut.index < index) ?? null;
}

/** A block with all of its mixers; where it has attention more than once, there is no single one to read. */
function blockOf(layer: number, entry: Cut | null, mixers: readonly Mixer[]): DecoderBlock {
  const kinds = new Set(mixers.map(({ kind }) => kind));
  const sites = mixers.flatMap(({ site }) => site ?? []);
  const order: readonly Mixing[] = ['attention', 'recurrence', 'convolution'];
  return {
    layer,
    attention: sites.length === 1 ? (sites[0] as AttentionSite) : null,
    mixing: order.find((kind) => kinds.has(kind)) ?? 'unknown',
    entry,
  };
}

/** Blocks where names say nothing: the stream enters one before each attention, convolution or recurrence. */
function structuralBlocks(scope: Scope, flow: DataFlow, mixers: readonly Mixer[]): Blocks {
  const groups: { readonly entry: Cut | null; readonly mixers: Mixer[] }[] = [];
  let last: Cut | null | undefined;
  for (const mixer of mixers) {
    const entry = entryOf(flow, mixer);
    const open = groups.at(-1);
    const before = open?.mixers.findLast(({ site }) => site);
    if (!open || entry !== last) groups.push({ entry, mixers: [mixer] });
    // Two layers between which more than one tensor goes on: where the second begins cannot be told.
    else if (mixer.site && before && reaches(scope, flow, before, mixer)) groups.push({ entry: null, mixers: [mixer] });
    else open.mixers.push(mixer);
    last = entry;
  }
  const blocks = groups.map(({ entry, mixers: own }, layer) => blockOf(layer, entry, own));
  const end = mixers.at(-1)?.index;
  const exit = end === undefined ? null : flow.cuts.findLast((cut) => cut.index > end && cut.isResidualSum);
  return { blocks, exit: inLastForm(flow, exit ?? null) };
}

function reaches(scope: Scope, flow: DataFlow, from: Mixer, to: Mixer): boolean {
  const target = flow.order[to.index];
  const seen = new Set<OnnxNode>();
  const stack = [flow.order[from.index] as OnnxNode];
  for (let node = stack.pop(); node; node = stack.pop()) {
    if (node === target) return true;
    for (const output of node.outputs) {
      for (const user of scope.consumers(output)) {
        if (seen.has(user) || (flow.index.get(user) ?? Infinity) > to.index) continue;
        seen.add(user);
        stack.push(user);
      }
    }
  }
  return false;
}

/** The cut in the form in which its value is passed on. */
function inLastForm(flow: DataFlow, cut: Cut | null): Cut | null {
  let position = cut ? flow.cuts.indexOf(cut) : -1;
  if (position < 0) return null;
  while (formOps.has(flow.cuts[position + 1]?.node.op ?? '')) position++;
  return flow.cuts[position] ?? null;
}
