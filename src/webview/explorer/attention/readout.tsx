import { type RampStops } from '../../../core/colour/colour';
import { type WeightScale, legendWeights, rampGradient, rampPosition } from '../../components/ramp';
import { WEIGHT_DEFINITION, scaleText, tickText, weightDetail, weightText } from './weight-format';

export interface ReadoutProps {
  readonly query: { readonly index: number; readonly label: string } | null;
  readonly keyToken: { readonly index: number; readonly label: string } | null;
  /** null while it is not known. */
  readonly weight: number | null;
  readonly exact: boolean;
  readonly scale: WeightScale;
  /** Weight at the ramp's end; null: 1, whatever is on show. */
  readonly top: number | null;
  /** Which keys are left out, in words. */
  readonly without: string;
  /** CSS pixels from side to side, where it is not its own choice. */
  readonly width?: number;
  readonly stops: RampStops;
  /** Whether it says what the hatch means. */
  readonly explainsHatch: boolean;
}

/** The weight under the pointer or of the selection, above the ramp that it is drawn on. */
export function Readout(props: ReadoutProps) {
  const { query, keyToken, weight, exact, scale, stops, explainsHatch } = props;
  const end = props.top ?? 1;
  const said = scaleText(scale, props.top, props.without);
  return (
    <div class="readout" style={props.width === undefined ? undefined : { width: `${props.width}px` }}>
      <div class="readout-cell">
        <dl>
          <dt>query</dt>
          <dd class="token">{query?.label ?? '–'}</dd>
          <dd class="position">{query && `position ${query.index}`}</dd>
          <dt>key</dt>
          <dd class="token">{keyToken?.label ?? '–'}</dd>
          <dd class="position">{keyToken && `position ${keyToken.index}`}</dd>
        </dl>
        <div
          class="readout-weight"
          title={
            weight === null || Number.isNaN(weight)
              ? WEIGHT_DEFINITION
              : `${weightDetail(weight, exact)}.\n${WEIGHT_DEFINITION}`
          }
        >
          <output>{weightText(weight)}</output>
          <span>{weight === null ? '' : Number.isNaN(weight) ? 'left out' : exact ? 'exact' : '8-bit'}</span>
        </div>
      </div>
      <div class="readout-legend">
        <span class="readout-scale" title={said}>
          {said}
        </span>
        <div class={`ramp-legend ramp-legend-${scale}`} aria-hidden="true">
          <div class="ramp" style={{ backgroundImage: rampGradient(stops) }} />
          {weight !== null && !Number.isNaN(weight) && (
            <div class="ramp-mark" style={{ left: `${rampPosition(weight, scale, end) * 100}%` }} />
          )}
          {legendWeights(scale, end).map((value) => (
            <span key={value} class="ramp-tick" style={{ left: `${rampPosition(value, scale, end) * 100}%` }}>
              {tickText(value, scale)}
            </span>
          ))}
        </div>
      </div>
      {explainsHatch && <HatchNote leavesOut={props.without !== ''} />}
    </div>
  );
}

/** @param leavesOut whether keys are left out too */
export function HatchNote({ leavesOut }: { readonly leavesOut: boolean }) {
  return (
    <div class="hatch-note">
      <span class="hatch-sample" aria-hidden="true" />
      <span>not applicable: {leavesOut ? 'later keys, and what is left out' : 'a query cannot see later keys'}</span>
    </div>
  );
}
