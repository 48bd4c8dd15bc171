import { css, rampAt } from '../../core/colour/colour';
import { type MeasureName, MEASURE, measureStops } from './token-measure';
import type { ThemeInfo } from './theme';
import './measure-legend.css';

/** The ramp of a measure from end to end, with the values it names. */
export function MeasureLegend({ name, theme }: { readonly name: MeasureName; readonly theme: ThemeInfo }) {
  const measure = MEASURE[name];
  const stops = measureStops(name, theme);
  const steps = Array.from({ length: 33 }, (_, place) => css(rampAt(stops, place / 32)));
  return (
    <span class="legend" title={measure.definition}>
      <span class="legend-name">{measure.legend}</span>
      <span class="legend-scale">
        <i class="legend-ramp" style={{ backgroundImage: `linear-gradient(to right, ${steps.join(', ')})` }} />
        {measure.ticks.map((tick, place) => (
          <i key={tick} class="legend-tick" style={{ left: `${100 * Math.min(1, measure.position(tick))}%` }}>
            {tick}
            {measure.open && place === measure.ticks.length - 1 && '+'}
          </i>
        ))}
      </span>
    </span>
  );
}
