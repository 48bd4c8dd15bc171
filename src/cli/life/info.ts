import { lineOf } from '../../core/text/tokens';
import { boundedGridName } from '../../core/life/topology';
import { placedCells } from '../../core/life/pattern';
import { readRule } from '../../core/life/rules/notation';
import { table } from '../terminal';
import type { Verb } from '../verb';
import { drawing, fileOf, patternDocument, readPatternFile, titleOf } from './patternFile';

/** `vivarium life info`: what a pattern file says. */
export const lifeInfo: Verb = {
  name: 'life info',
  usage: 'life info FILE',
  summary: 'Reads a pattern (RLE, plaintext, Life 1.05 or 1.06, Macrocell) and says what it is.',
  help: [],
  options: {},
  prepare: async (args) => {
    const file = fileOf(args);
    const pattern = await readPatternFile(file);
    return async (_session, terminal) => {
      if (args.flag('json')) {
        terminal.json(patternDocument(file, pattern));
        return;
      }
      const { format, width, height, bounds, generation, cells, notes } = pattern;
      const { box } = placedCells(pattern);
      terminal.line(titleOf(file, pattern));
      for (const { kind, text } of notes) if (kind === 'comment' && text !== '') terminal.line(`  ${lineOf(text)}`);
      terminal.line();
      const rows = [
        ['format', format],
        ['size', `${width} x ${height}`],
        ['rule', readRule(pattern.rule).notation],
        ['grid', bounds ? boundedGridName(bounds) : 'the plane'],
        ['generation', String(generation)],
        ['live cells', cells.population.toLocaleString('en')],
        ['bounding box', box ? `${box.width} x ${box.height} at ${box.x}, ${box.y}` : 'none'],
      ];
      for (const line of table(rows, ['left', 'left'])) terminal.line(line);
      const drawn = drawing(pattern);
      if (drawn.length > 0) terminal.line(['', ...drawn].join('\n'));
    };
  },
};
