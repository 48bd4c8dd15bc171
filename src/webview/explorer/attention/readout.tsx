import { type RampStops } from '../../../core/colour/colour';
import { type WeightScale, legendWeights, rampGradient, rampPosition } from '../../components/ramp';
import { WEIGHT_DEFINITION, weightDetail, weightText } from './weight-format';

export interface ReadoutProps {
  readonly query: { readonly index: number; readonly label: string } | null;
  readonly keyToken: { readonly index: number; readonly label: string } | null;
  /** null while it is not known. */
  readonly weight: number | null;
  readonly exact: boolean;
  readonly scale: WeightScale;
  readonly stops: RampStops;
  /** Whether it says what the hatch means. */
  readonly explainsHatch: boolean;
}

/** The weight under the pointer or of the selection, above the ramp that it is drawn on. */
export function Readout({ query, keyToken, weight, exact, scale, stops, explainsHatch }: ReadoutProps) {
  return (
    <div class="readout">
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
          title={weight === null ? WEIGHT_DEFINITION : `${weightDetail(weight, exact)}.\n${WEIGHT_DEFINITION}`}
        >
          <output>{weightText(weight)}</output>
          <span>{weight === null ? '' : exact ? 'exact' : '8-bit'}</span>
        </div>
      </div>
      <div class="readout-legend">
        <span>attention weight, {scale === 'sqrt' ? 'square-root' : 'linear'} scale</span>
        <div class="ramp-legend" aria-hidden="true">
          <div class="ramp" style={{ backgroundImage: rampGradient(stops) }} />
          {weight !== null && <div class="ramp-mark" style={{ left: `${rampPosition(weight, scale) * 100}%` }} />}
          {legendWeights(scale).map((value) => (
            <span key={value} class="ramp-tick" style={{ left: `${rampPosition(value, scale) * 100}%` }}>
              {value}
            </span>
          ))}
        </div>
      </div>
      {explainsHatch && <HatchNote />}
    </div>
  );
}

export function HatchNote() {
  return (
    <div class="hatch-note">
      <span class="hatch-sample" aria-hidden="true" />
      <span>not applicable: a query cannot see later keys</span>
    </div>
  );
}
