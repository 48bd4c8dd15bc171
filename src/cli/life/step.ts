import { setImmediate } from 'node:timers/promises';
import { BLANK, framed, type Pattern } from '../../core/life/pattern';
import { patternText, PATTERN_FORMS, formOfName, writePattern } from '../../core/life/formats/index';
import type { GridSize } from '../../core/life/topology';
import { readRule } from '../../core/life/rules/notation';
import { formatBoundedGrid } from '../../core/life/topology';
import { gridOrigin, openUniverse } from '../../core/life/universe/open';
import { PeriodWatch, type Period } from '../../core/life/universe/period';
import type { Universe } from '../../core/life/universe/universe';
import { cancelled } from '../../protocol/rpc';
import type { Arguments, Options } from '../arguments';
import { checkOutFile, writeAtomically } from '../output';
import type { Verb } from '../verb';
import { drawing, fileOf, patternDocument, readPatternFile, titleOf } from './patternFile';

const OPTIONS = {
  generations: { type: 'string' },
  torus: { type: 'string' },
  plane: { type: 'boolean' },
  out: { type: 'string' },
} as const satisfies Options;

const MOST_GENERATIONS = 10_000_000;
/** Live cells up to which every state is compared with those before it. */
const MOST_WATCHED = 20_000;
/** How often Ctrl-C is heard. */
const BREATH_MILLISECONDS = 100;

/** `vivarium life step`: generations by the exact rule. */
export const lifeStep: Verb = {
  name: 'life step',
  usage: 'life step FILE --generations N (--torus WxH | --plane) [--out FILE]',
  summary: 'Steps a pattern by its rule, exactly: populations, where it ends up, and whether it came back.',
  help: [
    `  --generations N     how many, 0 to ${MOST_GENERATIONS} (1)`,
    '  --torus WxH         on a torus of this size, in its middle',
    '  --plane             on the plane without an end, at the place that the file says',
    '                      (without either: on the grid that the file asks for, else on the plane)',
    `  --out FILE          write the last generation: ${extensions().join(', ')}`,
  ],
  options: OPTIONS,
  prepare: async (args) => {
    const file = fileOf(args);
    const generations = args.integer('generations', 1, 0, MOST_GENERATIONS);
    const where = readWhere(args);
    const out = args.text('out') === undefined ? undefined : await readOut(args);
    const pattern = await readPatternFile(file);
    const universe = openUniverse(pattern, where);
    // What the file's form cannot say is better known before the generations than after them.
    if (out) patternText({ ...resultOf(pattern, universe), cells: BLANK.cells, width: 0, height: 0 }, out.format);
    return async ({ signal }, terminal) => {
      const { population, period } = await stepped(universe, generations, signal);
      const result = resultOf(pattern, universe);
      if (out) await writeAtomically(out.path, writePattern(result, out.format));
      if (args.flag('json')) {
        terminal.json({
          ...patternDocument(file, result),
          boundingBox: universe.box(),
          population,
          period,
          out: out?.path ?? null,
        });
        return;
      }
      terminal.line(titleOf(file, pattern));
      terminal.line();
      for (const line of report(result, universe, population, period)) terminal.line(line);
      if (out) terminal.line(`Written to ${out.path}.`);
    };
  },
};

function readWhere(args: Arguments): 'plane' | GridSize | undefined {
  const torus = args.text('torus');
  if (torus !== undefined && args.flag('plane')) throw args.usage('--torus and --plane cannot be used together.');
  if (torus === undefined) return args.flag('plane') ? 'plane' : undefined;
  const [, width, height] = /^(\d{1,9})\s*[x×]\s*(\d{1,9})$/i.exec(torus.trim()) ?? [];
  if (!Number(width) || !Number(height)) throw args.usage(`--torus must be two sides such as 32x32, not "${torus}".`);
  return { width: Number(width), height: Number(height), topology: 'torus' };
}

async function readOut(args: Arguments): Promise<{ path: string; format: Pattern['format'] }> {
  const out = args.text('out') as string;
  const form = formOfName(out);
  if (!form) throw args.usage(`--out must be a file that ends in ${extensions().join(', ')}, not "${out}".`);
  return { path: await checkOutFile(out), format: form.format };
}

function extensions(): string[] {
  return [...new Set(PATTERN_FORMS.flatMap((form) => form.extensions))];
}

/** Populations of every generation from 0, and how the pattern came back, where it did. */
async function stepped(
  universe: Universe,
  generations: number,
  signal: AbortSignal,
): Promise<{ population: number[]; period: Period | null }> {
  const population = [universe.population];
  const watch = new PeriodWatch();
  let period: Period | null = null;
  let breath = performance.now();
  const look = (): void => {
    if (!period && universe.population <= MOST_WATCHED) period = watch.look(universe);
  };
  look();
  for (let generation = 1; generation <= generations; generation++) {
    universe.step();
    population.push(universe.population);
    look();
    if (performance.now() - breath < BREATH_MILLISECONDS) continue;
    await setImmediate();
    if (signal.aborted) throw cancelled();
    breath = performance.now();
  }
  return { population, period };
}

/** The pattern as it is now: the whole grid, or on the plane the rectangle around its cells. */
function resultOf(pattern: Pattern, universe: Universe): Pattern {
  const { size, grid } = universe;
  const { notation: rule } = readRule(pattern.rule);
  const now = { ...pattern, rule, bounds: grid, generation: pattern.generation + universe.generation };
  const cells = universe.cells();
  const layers = universe.layers();
  if (size)
    return framed(
      { ...now, position: gridOrigin(size) },
      cells,
      { x: 0, y: 0, width: size.width, height: size.height },
      layers,
    );
  const { x, y } = cells.box ?? { x: 0, y: 0 };
  return framed({ ...now, position: { x, y } }, cells, undefined, layers);
}

function report(result: Pattern, universe: Universe, population: readonly number[], period: Period | null): string[] {
  const box = universe.box();
  const [first, last] = [population[0] as number, population.at(-1) as number];
  const where = result.bounds ? `:${formatBoundedGrid(result.bounds)}` : ' on the plane';
  return [
    `${universe.generation.toLocaleString('en')} generations of ${result.rule}${where}`,
    `live cells ${first.toLocaleString('en')} → ${last.toLocaleString('en')}`,
    box ? `bounding box ${box.width} x ${box.height} at ${box.x}, ${box.y}` : 'nothing lives',
    ...(period ? [periodText(period, last)] : []),
    ...['', ...drawing(result)],
  ];
}

function periodText({ period, dx, dy, since }: Period, alive: number): string {
  const from = since === 0 ? '' : ` from generation ${since} on`;
  if (alive === 0) return `empty${from}`;
  if (dx !== 0 || dy !== 0) return `moves by ${dx}, ${dy} every ${period} generations${from}`;
  return period === 1 ? `still${from}` : `repeats every ${period} generations${from}`;
}
