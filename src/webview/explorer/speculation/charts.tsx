import { count } from '../../components/format';
import { useSize } from '../../components/use-size';
import { decimals } from './numbers';

const HEIGHT = 148;
const TOP = 18;
const BOTTOM = 32;
const PLOT = HEIGHT - TOP - BOTTOM;
/** Of counts in two lines. */
const LINE = 12;
/** Pixels of a digit above a bar. */
const DIGIT = 6.4;

/** Whether a text has room above each bar. */
function fits(text: string, pitch: number): boolean {
  return text.length * DIGIT + 3 <= pitch;
}

/** Columns of a chart between its left edge and its right one. */
interface Columns {
  readonly left: number;
  readonly pitch: number;
  readonly bar: number;
  /** Labels stand under every so many columns. */
  readonly every: number;
}

/** @param widest pixels of a label. */
function columnsOf(count: number, left: number, width: number, widest: number): Columns {
  const pitch = Math.min(44, Math.max(1, (width - left) / Math.max(1, count)));
  const step = Math.ceil(widest / pitch);
  const every = [1, 2, 5, 10, 20, 50, 100, 200, 500].find((each) => each >= step) ?? step;
  return { left, pitch, bar: Math.max(1, Math.min(pitch * 0.78, pitch - 1)), every };
}

export interface AcceptanceByPositionProps {
  /** Entry i: passes in which draft token i was accepted, and in which it was tested. */
  readonly accepted: readonly number[];
  readonly tested: readonly number[];
}

/** Accepted over tested, by the token's place in its draft; above each bar the counts. */
export function AcceptanceByPosition({ accepted, tested }: AcceptanceByPositionProps) {
  const [box, size] = useSize<HTMLDivElement>();
  const columns = columnsOf(tested.length, 26, size.width, 14);
  const counts = tested.map((of, place) => [`${accepted[place] ?? 0}`, `${of}`] as const);
  const short = counts.every(([one, of]) => fits(`${one}/${of}`, columns.pitch));
  const numbered = short || counts.every(([, of]) => fits(`/${of}`, columns.pitch));
  const top = TOP + (numbered && !short ? LINE : 0);
  const plot = HEIGHT - BOTTOM - top;
  const y = (share: number): number => top + plot * (1 - share);
  return (
    <figure class="spec-chart">
      <div ref={box} class="spec-chart-box">
        {size.width > 0 && (
          <svg width={size.width} height={HEIGHT} aria-hidden="true">
            <defs>
              <pattern id="spec-rejected" width="5" height="5" patternUnits="userSpaceOnUse">
                <path class="chart-hatch" d="M-1 1L1 -1M0 5L5 0M4 6L6 4" />
              </pattern>
            </defs>
            {[0, 0.5, 1].map((share) => (
              <g key={share}>
                <text class="chart-label" x={columns.left - 6} y={y(share) + 4} text-anchor="end">
                  {share}
                </text>
                <path class="chart-grid" d={`M${columns.left} ${y(share)}H${size.width}`} />
              </g>
            ))}
            {tested.map((of, place) => {
              const share = (accepted[place] ?? 0) / of;
              const x = columns.left + place * columns.pitch + (columns.pitch - columns.bar) / 2;
              return (
                <g key={place}>
                  <title>{`draft token ${place + 1}: ${accepted[place] ?? 0} of ${of} accepted`}</title>
                  {share < 1 && (
                    <rect class="chart-rejected" x={x} y={y(1)} width={columns.bar} height={plot * (1 - share)} />
                  )}
                  <rect class="chart-accepted" x={x} y={y(share)} width={columns.bar} height={plot * share} />
                  {numbered && <Counts counts={counts[place]!} short={short} x={x + columns.bar / 2} y={top - 5} />}
                  {(place + 1) % columns.every === 0 && (
                    <text class="chart-label" x={x + columns.bar / 2} y={HEIGHT - BOTTOM + 14} text-anchor="middle">
                      {place + 1}
                    </text>
                  )}
                </g>
              );
            })}
          </svg>
        )}
      </div>
      <figcaption>acceptance by draft position</figcaption>
      <table class="unseen">
        <caption>Acceptance by draft position</caption>
        <thead>
          <tr>
            <th scope="col">position</th>
            <th scope="col">accepted</th>
            <th scope="col">tested</th>
          </tr>
        </thead>
        <tbody>
          {tested.map((of, place) => (
            <tr key={place}>
              <th scope="row">{place + 1}</th>
              <td>{accepted[place] ?? 0}</td>
              <td>{of}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </figure>
  );
}

interface CountsProps {
  readonly counts: readonly [accepted: string, tested: string];
  /** In one line; else the one above the other. */
  readonly short: boolean;
  readonly x: number;
  readonly y: number;
}

function Counts({ counts: [accepted, tested], short, x, y }: CountsProps) {
  return (
    <text class="chart-count" x={x} y={y} text-anchor="middle">
      {short ? (
        `${accepted}/${tested}`
      ) : (
        <>
          <tspan x={x} y={y - LINE}>
            {accepted}
          </tspan>
          <tspan x={x} y={y}>
            /{tested}
          </tspan>
        </>
      )}
    </text>
  );
}

export interface TokensPerPassProps {
  /** Entry n: passes that brought n tokens. */
  readonly byTokens: readonly number[];
  readonly mean: number;
}

/** How many passes brought how many tokens. */
export function TokensPerPass({ byTokens, mean }: TokensPerPassProps) {
  const [box, size] = useSize<HTMLDivElement>();
  const bars = byTokens.slice(1);
  const most = Math.max(1, ...bars);
  const columns = columnsOf(bars.length, 4, size.width, 16);
  const height = (passes: number): number => (PLOT * passes) / most;
  const base = HEIGHT - BOTTOM;
  const xOf = (tokens: number): number => columns.left + (tokens - 0.5) * columns.pitch;
  return (
    <figure class="spec-chart">
      <div ref={box} class="spec-chart-box">
        {size.width > 0 && (
          <svg width={size.width} height={HEIGHT} aria-hidden="true">
            <path class="chart-grid" d={`M${columns.left} ${base}H${size.width}`} />
            {bars.map((passes, place) => {
              const x = xOf(place + 1) - columns.bar / 2;
              return (
                <g key={place}>
                  <title>{`${count(passes)} ${passes === 1 ? 'pass' : 'passes'} of ${place + 1}`}</title>
                  <rect
                    class="chart-plain"
                    x={x}
                    y={base - height(passes)}
                    width={columns.bar}
                    height={height(passes)}
                  />
                  {(place + 1) % columns.every === 0 && (
                    <text class="chart-label" x={xOf(place + 1)} y={base + 14} text-anchor="middle">
                      {place + 1}
                    </text>
                  )}
                </g>
              );
            })}
            <path class="chart-mean" d={`M${xOf(mean)} ${TOP - 12}V${base}`} />
            {bars.every((passes) => fits(`${passes}`, columns.pitch)) &&
              bars.map((passes, place) => (
                <text
                  key={place}
                  class="chart-count"
                  x={xOf(place + 1)}
                  y={base - height(passes) - 4}
                  text-anchor="middle"
                >
                  {passes}
                </text>
              ))}
          </svg>
        )}
      </div>
      <figcaption>
        tokens per pass, <span class="chart-mean-key">mean {decimals(mean, 2)}</span>
      </figcaption>
      <table class="unseen">
        <caption>Tokens per pass</caption>
        <thead>
          <tr>
            <th scope="col">tokens</th>
            <th scope="col">passes</th>
          </tr>
        </thead>
        <tbody>
          {bars.map((passes, place) => (
            <tr key={place}>
              <th scope="row">{place + 1}</th>
              <td>{passes}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </figure>
  );
}
