import { html, type Html } from '../html.ts';

/*
 * Charts as SVG made here, so that they need no script. The drawing is stretched to the width of the page; its words are
 * HTML around it, which stays legible on a phone.
 */

export interface Bar {
  /** Read aloud and shown when it is pointed at. */
  readonly title: string;
  /** From the bottom up; the n-th has the n-th colour. */
  readonly parts: readonly number[];
}

export interface BarChartOptions {
  /** What it shows, in words. */
  readonly label: string;
  readonly bars: readonly Bar[];
  /** What the colours of parts mean; null: no bar has that part. */
  readonly legend: readonly (string | null)[];
  /** Below the drawing, from left to right. */
  readonly axis: readonly string[];
}

const round = (value: number): number => Math.round(value * 100) / 100;

function legendOf(names: readonly (string | null)[]): Html {
  return html`<ul class="legend">
    ${names.map((name, i) => (name === null ? null : html`<li><span class="swatch c${i}"></span>${name}</li>`))}
  </ul>`;
}

export function axisOf(labels: readonly string[]): Html {
  return html`<div class="axis" aria-hidden="true">
    ${labels.map((label) => html`<span>${label}</span>`)}
  </div>`;
}

function drawBar({ title, parts }: Bar, left: number, scale: number): Html {
  let top = 100;
  const rects = parts.map((value, i) => {
    // A value above zero is always visible.
    const height = value === 0 ? 0 : Math.max(1, value * scale);
    top -= height;
    return value === 0
      ? null
      : html`<rect
          class="c${i}"
          x="${left + 1}"
          y="${round(top)}"
          width="8"
          height="${round(height)}"
        ></rect>`;
  });
  return html`<g
    ><title>${title}</title><rect class="hit" x="${left}" y="0" width="10" height="100"></rect>${rects}</g
  >`;
}

/** Bars of parts on one another. */
export function barChart({ label, bars, legend, axis }: BarChartOptions): Html {
  const sums = bars.map(({ parts }) => parts.reduce((sum, part) => sum + part, 0));
  const max = Math.max(1, ...sums);
  return html`<figure class="chart">
    <figcaption>${label} <span class="muted">highest: ${max.toLocaleString('en')}</span></figcaption>
    ${legendOf(legend)}
    <svg
      class="plot"
      role="img"
      aria-label="${label}"
      viewBox="0 0 ${Math.max(1, bars.length) * 10} 100"
      preserveAspectRatio="none"
    >
      ${bars.map((bar, i) => drawBar(bar, i * 10, 96 / max))}
    </svg>
    ${axisOf(axis)}
  </figure>`;
}

export interface BurnDownOptions {
  readonly label: string;
  readonly callLimit: number;
  /** Calls left at the end of each hour so far, the present one included; the first is that of midnight. */
  readonly left: readonly number[];
  /** Hours since midnight, with parts of one. */
  readonly nowHour: number;
  /** Calls that will be left at hours, from now on; empty: nothing is expected. */
  readonly ahead: readonly { readonly hour: number; readonly calls: number }[];
}

/** The calls left of a day, hour by hour, with a projection. */
export function burnDownChart({ label, callLimit, left, nowHour, ahead }: BurnDownOptions): Html {
  const x = (hour: number) => round(hour * 10);
  const y = (calls: number) => round(4 + 92 * (1 - calls / Math.max(1, callLimit)));
  const lineOf = (points: BurnDownOptions['ahead']) =>
    points.map(({ hour, calls }) => `${String(x(hour))},${String(y(calls))}`).join(' ');
  const line = lineOf(left.map((calls, i) => ({ hour: i === left.length - 1 ? nowHour : i, calls })));
  const isShort = ahead.at(-1)?.calls === 0;
  return html`<svg
    class="plot low"
    role="img"
    aria-label="${label}"
    viewBox="0 0 240 100"
    preserveAspectRatio="none"
  >
    <title>${label}</title>
    <line class="grid" x1="0" x2="240" y1="96" y2="96"></line>
    <line class="grid" x1="0" x2="240" y1="4" y2="4"></line>
    <polygon class="area" points="0,96 ${line} ${x(nowHour)},96"></polygon>
    <polyline class="line" points="${line}"></polyline>
    <polyline class="${isShort ? 'ahead bad' : 'ahead'}" points="${lineOf(ahead)}"></polyline>
  </svg>`;
}

/** A share as a bar; show it as text as well. */
export function meter(part: number, whole: number, tone: 'good' | 'warn' | 'bad' = 'good'): Html {
  const width = whole <= 0 ? 0 : Math.min(100, (100 * part) / whole);
  return html`<svg class="meter ${tone}" viewBox="0 0 100 4" preserveAspectRatio="none" aria-hidden="true">
    <rect class="track" width="100" height="4"></rect>
    <rect class="fill" width="${round(width)}" height="4"></rect>
  </svg>`;
}
