import { useMemo } from 'preact/hooks';
import { meanOverHeadCodes } from '../../../core/lens/attention';
import { type RampStops, mix } from '../../../core/colour/colour';
import type { AttentionOverview, AttentionPair } from '../../../protocol/attention';
import { WEIGHT_OF_CODE } from '../../../core/numeric/codes';
import { memo } from '../../components/memo';
import { type WeightScale, pixelsOfCodes, rampPosition } from '../../components/ramp';
import type { ThemeInfo } from '../../components/theme';
import { THUMBNAIL_SIDE, type Thumbnail, Thumbnails, fittingSide } from '../../components/thumbnails';
import { useSize } from '../../components/use-size';
import { Dropdown } from '../../ui/dropdown';
import { STATISTICS, headId, headIndex, headOrder, headTitle } from './heads';
import { HeadStanding } from './head-standing';
import { HeadsMap } from './heads-map';
import { type HeadRef, type HeadShow, type HeadSort, SHOWS, SORTS } from './state';
import './heads-column.css';

export interface HeadsColumnProps {
  readonly overview: AttentionOverview;
  /** Layers of the model, with attention or without. */
  readonly layers: number;
  readonly head: HeadRef;
  readonly show: HeadShow | null;
  readonly sort: HeadSort;
  readonly pair: AttentionPair | null;
  /** The selected pair in words. */
  readonly pairTitle: string;
  readonly scale: WeightScale;
  readonly toLargest: boolean;
  readonly stops: RampStops;
  readonly pixelOfCode: Uint32Array;
  readonly ratio: number;
  readonly theme: ThemeInfo;
  /** Whether there is room for a column of its own. */
  readonly tall: boolean;
  readonly onHead: (head: HeadRef) => void;
  readonly onShow: (show: HeadShow) => void;
  readonly onSort: (sort: HeadSort) => void;
  /** What layers have that have no attention; empty where all have it. */
  readonly others: string;
}

const SORT_TEXT: Readonly<Record<HeadSort, string>> = {
  place: 'in place',
  structure: 'by structure',
  entropy: 'by entropy',
  distance: 'by distance',
  firstToken: 'by first-token mass',
};

const SHOW_TEXT: Readonly<Record<HeadShow, string>> = {
  pictures: 'pictures',
  structure: 'structure',
  entropy: 'entropy',
  distance: 'distance',
  firstToken: 'first-token mass',
  pair: 'selected pair',
};

/** CSS pixels under which a picture shows nothing: cells with a number are shown instead. */
const SMALLEST_PICTURE = 24;
/** CSS pixels of padding left and right. */
const PADDING = 32;
/** CSS pixels of the map of heads, at most, and of pictures that scroll under it, at least. */
const MAP_HEIGHT = { tall: 180, low: 112 } as const;
const SCROLLED_PICTURES = 120;

/** All heads in sight: as pictures on one ramp, or as cells of a number; and where the chosen one stands among them. */
export const HeadsColumn = memo(function HeadsColumn(props: HeadsColumnProps) {
  const { overview, head, tall } = props;
  const [room, size] = useSize<HTMLDivElement>();
  const side = fittingSide(size, overview.layers.length, overview.heads + 1);
  const fits = tall && side >= SMALLEST_PICTURE;
  const show = props.show ?? (fits ? 'pictures' : 'structure');
  const withPictures = show === 'pictures' || (tall && size.height > MAP_HEIGHT.tall + SCROLLED_PICTURES);
  const pooled = overview.size < overview.tokens;
  const perPixel = Math.ceil(overview.tokens / overview.size);
  return (
    <section class="attention-heads" aria-label="Heads">
      <header class="section-header">
        <h2>Heads</h2>
        <Dropdown
          label="Show heads as"
          title="Pictures of all heads, or one cell a head coloured by a number."
          value={show}
          options={SHOWS.map((value) => ({ value, text: SHOW_TEXT[value] }))}
          onChange={(value) => props.onShow(value as HeadShow)}
        />
        <span class="spring" />
        {withPictures && (
          <Dropdown
            label="Sort heads"
            title={
              'Pictures in this order; by a number: the largest first.' +
              (pooled
                ? `\nA pixel of a picture is the largest of ${perPixel} × ${perPixel} weights of ${overview.tokens} tokens.`
                : '')
            }
            value={props.sort}
            options={SORTS.map((value) => ({ value, text: SORT_TEXT[value] }))}
            onChange={(value) => props.onSort(value as HeadSort)}
          />
        )}
      </header>
      <div class="heads-room" ref={room}>
        {size.width > 0 && show !== 'pictures' && <Cells {...props} show={show} width={size.width} />}
        {size.width > 0 && withPictures && (
          <Pictures
            {...props}
            side={show === 'pictures' && fits && props.sort === 'place' ? side : THUMBNAIL_SIDE}
            width={size.width}
          />
        )}
      </div>
      {props.others !== '' && <p class="muted small">No attention: {props.others}.</p>}
      <HeadStanding
        overview={overview}
        head={head}
        pair={tall ? null : { title: props.pairTitle, value: props.pair }}
      />
    </section>
  );
});

function Cells(props: HeadsColumnProps & { readonly show: Exclude<HeadShow, 'pictures'>; readonly width: number }) {
  const { show, overview, theme, scale } = props;
  const statistic = STATISTICS.find(({ name }) => name === show);
  const values = useMemo(
    () => (show === 'pair' ? (props.pair?.weights ?? null) : overview.statistics.map((each) => each[show])),
    [show, overview, props.pair],
  );
  const largest = statistic || props.toLargest ? Math.max(...Array.from(values ?? [0]), Number.EPSILON) : 1;
  const scores = useMemo(() => scoreStops(theme), [theme]);
  return (
    <HeadsMap
      overview={overview}
      layers={props.layers}
      head={props.head}
      title={statistic?.title ?? `Weight of ${props.pairTitle}`}
      unit={statistic?.unit ?? ''}
      decimals={statistic?.decimals ?? 2}
      values={values}
      largest={largest}
      position={statistic ? (value) => value / largest : (value) => rampPosition(value, scale, largest)}
      stops={statistic ? scores : props.stops}
      width={props.width - PADDING}
      height={props.tall ? MAP_HEIGHT.tall : MAP_HEIGHT.low}
      theme={theme}
      onHead={props.onHead}
    />
  );
}

/** Numbers of heads are no attention: from the ground to nearly the colour of text. */
function scoreStops({ colours }: ThemeInfo): RampStops {
  return [
    [0, colours.background],
    [1, mix(colours.background, colours.foreground, 0.85)],
  ];
}

function Pictures(props: HeadsColumnProps & { readonly side: number; readonly width: number }) {
  const { overview, head, sort, side } = props;
  const sorted = sort !== 'place';
  const refs = useMemo(() => (sorted ? headOrder(overview, sort) : gridOrder(overview)), [overview, sort]);
  const means = useMeans(overview);
  const { toLargest, stops, scale } = props;
  const items = useMemo(() => {
    const pictures = refs.map((ref) => thumbnailOf(overview, means, ref, sort));
    return toLargest ? eachToItsLargest(pictures, overview, stops, scale) : pictures;
  }, [refs, overview, means, sort, toLargest, stops, scale]);
  // As many of a flat list as stand side by side.
  const inList = Math.max(1, Math.floor((props.width - PADDING) / (side + 5)));
  const columns = sorted ? inList : overview.layers.length;
  return (
    <Thumbnails
      items={items}
      columns={columns}
      {...(sorted ? {} : { headings: headingsOf(overview, head, side < 44), lastApart: true })}
      side={side}
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
  );
}

/** Each picture with a ramp that ends at its largest weight, not counting queries that can look at one key only. */
function eachToItsLargest(
  pictures: readonly Thumbnail[],
  { size, tokens, without }: AttentionOverview,
  stops: RampStops,
  scale: WeightScale,
): readonly Thumbnail[] {
  const tables = new Map<number, Uint32Array>();
  // The first query that has two keys left, and the row of pixels after its own.
  let query = 0;
  while (query < tokens && query + 1 - without.filter((key) => key <= query).length < 2) query++;
  const from = Math.min(size - 1, Math.floor(((query - 1) * size) / tokens) + 1) * size;
  return pictures.map((picture) => {
    const shown = picture.codes.subarray(picture.offset + from, picture.offset + size * size);
    const largest = shown.reduce((most, code) => Math.max(most, code), 1);
    let table = tables.get(largest);
    if (!table) tables.set(largest, (table = pixelsOfCodes(stops, scale, WEIGHT_OF_CODE[largest])));
    return { ...picture, pixelOfCode: table };
  });
}

/** Row by row: heads down, layers to the right, the means last. */
function gridOrder(overview: AttentionOverview): readonly HeadRef[] {
  return Array.from({ length: overview.heads + 1 }, (_, row) =>
    overview.layers.map((layer) => ({ layer, head: row < overview.heads ? row : null })),
  ).flat();
}

function headingsOf(overview: AttentionOverview, head: HeadRef, short: boolean) {
  const heads = Array.from({ length: overview.heads }, (_, index) => (short ? `h${index}` : `head ${index}`));
  return {
    columns: overview.layers.map((layer) => (short ? `L${layer}` : `layer ${layer}`)),
    rows: [...heads, short ? 'ø' : 'mean'],
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
