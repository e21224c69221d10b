import { html, type Html } from '../html.ts';
import type { PriceLine, PricePoint } from '../pages/price-line.ts';
import { axisOf } from './charts.ts';
import { shanghaiTime, yuan } from './format.ts';

const width = 1000;
const round = (value: number): number => Math.round(value * 100) / 100;
const money = (cny: number): string => yuan(cny.toFixed(2));

interface Scale {
  readonly x: (at: Date) => number;
  readonly y: (cny: number) => number;
}

function scaleOf(points: readonly PricePoint[], now: Date): Scale {
  const fromMs = Math.min(...points.map(({ at }) => at.getTime()));
  const spanMs = Math.max(1, now.getTime() - fromMs);
  const amounts = points.map(({ cny }) => cny);
  const [low, high] = [Math.min(...amounts), Math.max(...amounts)];
  const room = Math.max((high - low) * 0.15, high * 0.02, 0.01);
  return {
    x: (at) => round((width * (at.getTime() - fromMs)) / spanMs),
    y: (cny) => round(100 - (100 * (cny - low + room)) / (high - low + 2 * room)),
  };
}

/** Steps: a price holds until an observation shows another. */
function stepPath(run: readonly PricePoint[], { x, y }: Scale): string {
  return run
    .map(({ at, cny }, i) => `${i === 0 ? 'M' : 'H'}${String(x(at))} ${i === 0 ? '' : 'V'}${String(y(cny))}`)
    .join(' ');
}

/** Dots are lines of length zero with round ends, so they stay round in a stretched drawing. */
function dotPath(points: readonly PricePoint[], { x, y }: Scale): string {
  return points.map(({ at, cny }) => `M${String(x(at))} ${String(y(cny))}h0`).join('');
}

/** The price over time; null: no observation has shown one. */
export function priceChart({ kind, runs, gaps }: PriceLine, now: Date): Html | null {
  const points = runs.flat();
  const first = points[0];
  const newest = points.at(-1);
  if (!first || !newest) return null;
  const scale = scaleOf(points, now);
  const amounts = points.map(({ cny }) => cny);
  const what = kind === 'list' ? 'Lowest list price for the smallest order' : 'Price that searches show';
  const range = `from ${money(Math.min(...amounts))} to ${money(Math.max(...amounts))}, newest ${money(newest.cny)}`;
  const label = `${what}: ${range}, ${String(points.length)} observations`;
  const middle = new Date((first.at.getTime() + now.getTime()) / 2);
  return html`<figure class="chart">
    <figcaption>${what} <span class="muted">${range}</span></figcaption>
    <svg class="plot" role="img" aria-label="${label}" viewBox="0 0 ${width} 100" preserveAspectRatio="none">
      <title>${label}</title>
      ${gaps.map(
        ({ from, to }) =>
          html`<rect
            class="gap"
            x="${scale.x(from)}"
            y="0"
            width="${round(scale.x(to) - scale.x(from))}"
            height="100"
          >
            <title>not observed</title>
          </rect>`,
      )}
      <line class="grid" x1="0" x2="${width}" y1="100" y2="100"></line>
      ${runs.map((run) => html`<path class="line" d="${stepPath(run, scale)}"></path>`)}
      <path class="dots" d="${dotPath(points, scale)}"></path>
    </svg>
    ${axisOf([first.at, middle, now].map((at) => shanghaiTime(at).slice(0, 10)))}
    <p class="muted small">
      Each dot is an observation.
      ${gaps.length > 0 ? 'Grey: no observation, so the price is unknown there.' : null}
    </p>
  </figure>`;
}
