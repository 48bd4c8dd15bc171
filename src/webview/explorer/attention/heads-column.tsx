import { useMemo } from 'preact/hooks';
import { meanOverHeadCodes } from '../../../core/lens/attention';
import type { AttentionOverview } from '../../../protocol/attention';
import type { ThemeInfo } from '../../components/theme';
import { THUMBNAIL_SIDE, type Thumbnail, Thumbnails } from '../../components/thumbnails';
import { Dropdown } from '../../ui/dropdown';
import { STATISTICS, headId, headIndex, headOrder, headTitle } from './heads';
import { HeadStanding } from './head-standing';
import { type HeadRef, type HeadSort, SORTS } from './state';
import './heads-column.css';

export interface HeadsColumnProps {
  readonly overview: AttentionOverview;
  readonly head: HeadRef;
  readonly sort: HeadSort;
  readonly pixelOfCode: Uint32Array;
  readonly ratio: number;
  readonly theme: ThemeInfo;
  readonly onHead: (head: HeadRef) => void;
  readonly onSort: (sort: HeadSort) => void;
}

const SORT_TEXT: Readonly<Record<HeadSort, string>> = {
  place: 'layer, head',
  structure: 'structure',
  entropy: 'entropy',
  distance: 'distance',
  firstToken: 'first-token mass',
};

/** Pictures of a flat list that stand side by side in the column. */
const LIST_COLUMNS = 5;

/** All heads as pictures on one ramp, and where the chosen one stands among them. */
export function HeadsColumn(props: HeadsColumnProps) {
  const { overview, head, sort } = props;
  const sorted = sort !== 'place';
  const refs = useMemo(() => (sorted ? headOrder(overview, sort) : gridOrder(overview)), [overview, sort]);
  const means = useMeans(overview);
  const items = useMemo(
    () => refs.map((ref) => thumbnailOf(overview, means, ref, sort)),
    [refs, overview, means, sort],
  );
  const columns = sorted ? LIST_COLUMNS : overview.layers.length;
  const pooled = overview.size < overview.tokens;
  const perPixel = Math.ceil(overview.tokens / overview.size);

  return (
    <section class="attention-heads" aria-label="Heads">
      <header class="section-header">
        <h2>Heads</h2>
        {pooled && (
          <span
            class="muted small"
            title={`A pixel of a picture is the largest of ${perPixel} × ${perPixel} weights of ${overview.tokens} tokens.`}
          >
            max-pooled
          </span>
        )}
        <span class="spring" />
        <span class="control-label">Sort</span>
        <Dropdown
          label="Sort heads"
          title="By a number: the largest first."
          value={sort}
          options={SORTS.map((value) => ({ value, text: SORT_TEXT[value] }))}
          onChange={(value) => props.onSort(value as HeadSort)}
        />
      </header>
      <Thumbnails
        items={items}
        columns={columns}
        {...(sorted ? {} : { headings: headingsOf(overview, head), lastApart: true })}
        size={overview.size}
        pixelOfCode={props.pixelOfCode}
        ratio={props.ratio}
        theme={props.theme}
        selected={headId(head)}
        onSelect={(id) => {
          const ref = refs.find((each) => headId(each) === id);
          if (ref) props.onHead(ref);
        }}
        label={`Attention of ${overview.statistics.length} heads, queries down, keys to the right`}
      />
      <HeadStanding overview={overview} head={head} />
    </section>
  );
}

/** Row by row: heads down, layers to the right, the means last. */
function gridOrder(overview: AttentionOverview): readonly HeadRef[] {
  return Array.from({ length: overview.heads + 1 }, (_, row) =>
    overview.layers.map((layer) => ({ layer, head: row < overview.heads ? row : null })),
  ).flat();
}

function headingsOf(overview: AttentionOverview, head: HeadRef) {
  const heads = Array.from({ length: overview.heads }, (_, index) => `head ${index}`);
  return {
    columns: overview.layers.map((layer) => `layer ${layer}`),
    rows: [...heads, 'mean'],
    column: overview.layers.indexOf(head.layer),
    row: head.head ?? overview.heads,
  };
}

/** [layers] pictures of the mean over a layer's heads, made from the heads' pictures. */
function useMeans(overview: AttentionOverview): readonly Uint8Array[] {
  return useMemo(() => {
    const pixels = overview.size ** 2;
    return overview.layers.map((_, layer) =>
      meanOverHeadCodes(
        Array.from({ length: overview.heads }, (_, head) => {
          const at = (layer * overview.heads + head) * pixels;
          return overview.thumbnails.subarray(at, at + pixels);
        }),
      ),
    );
  }, [overview]);
}

function thumbnailOf(
  overview: AttentionOverview,
  means: readonly Uint8Array[],
  ref: HeadRef,
  sort: HeadSort,
): Thumbnail {
  const index = headIndex(overview, ref);
  if (index === null) {
    const codes = means[overview.layers.indexOf(ref.layer)]!;
    return { id: headId(ref), codes, offset: 0, label: headTitle(ref) };
  }
  const of = overview.statistics[index];
  const numbers = STATISTICS.map(({ name, title, unit, decimals }) =>
    `${title.toLowerCase()} ${of?.[name].toFixed(decimals) ?? '–'} ${unit}`.trim(),
  );
  return {
    id: headId(ref),
    codes: overview.thumbnails,
    offset: index * overview.size ** 2,
    label: `${headTitle(ref)}: ${numbers.join(', ')}`,
    ...(sort === 'place' ? {} : { caption: `L${ref.layer} H${ref.head}` }),
  };
}

/** Pixels that a picture should have: those of the screen, but no more than one message can carry. */
export function thumbnailSize(heads: number, ratio: number): number {
  return Math.max(16, Math.min(Math.round(THUMBNAIL_SIDE * ratio), Math.floor(Math.sqrt(MESSAGE / heads))));
}

/** Bytes of all pictures together. */
const MESSAGE = 8_000_000;
