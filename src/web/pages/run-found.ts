import {
  changesPer100,
  inSourceOrder,
  sourceNames,
  sumBySource,
  type DailySourceYield,
  type SourceYield,
} from '../../ledger/source-yield.ts';
import { html, type Html } from '../html.ts';
import { barChart, meter } from '../parts/charts.ts';
import { count } from '../parts/format.ts';
import { number, table, text } from '../parts/table.ts';

/** Days up to the run's that its page shows. */
export const foundDays = 14;

const nameOf = (source: string) => sourceNames.get(source) ?? source;

function rateOf(row: SourceYield | undefined): number | null {
  return row === undefined ? null : changesPer100(row);
}

const shown = (rate: number | null) => (rate === null ? '–' : rate.toFixed(1));

/** A row for each source, with a bar of its changes for 100 calls. */
function foundTable(own: readonly SourceYield[], daily: readonly SourceYield[]): Html {
  const most = Math.max(0, ...own.map((row) => changesPer100(row) ?? 0));
  return table({
    caption: 'What its calls found, by what they were made for',
    columns: [
      text('Calls for'),
      number('Calls'),
      number('Changes'),
      number('For 100 calls'),
      text('Bar'),
      number(`In ${String(foundDays)} days`),
    ],
    rows: own.map((row) => [
      nameOf(row.source),
      count(row.calls),
      count(row.changes),
      shown(changesPer100(row)),
      meter(changesPer100(row) ?? 0, most),
      shown(rateOf(daily.find(({ source }) => source === row.source))),
    ]),
  });
}

/** The changes that were found on each day, a colour for each source. */
function foundChart(days: readonly DailySourceYield[]): Html | null {
  const names = [...new Set(days.map(({ day }) => day))];
  if (names.length < 2) return null;
  const sources = inSourceOrder(sumBySource(days).filter(({ changes }) => changes > 0));
  const bars = names.map((name) => {
    const here = days.filter(({ day }) => day === name);
    const said = inSourceOrder(here).map(
      (row) =>
        `${count(row.changes)} by ${count(row.calls)} calls for ${nameOf(row.source)} (${shown(changesPer100(row))} for 100)`,
    );
    const parts = sources.map(({ source }) => here.find((row) => row.source === source)?.changes ?? 0);
    return { title: `${name}: ${said.join(', ')}`, parts };
  });
  const axis = [names[0], names.at(-1)].flatMap((name) => name ?? []);
  const legend = sources.map(({ source }) => nameOf(source));
  return barChart({ label: 'Changes found by day, all runs', bars, legend, axis });
}

/** What a run and the days up to it found changed, by what the calls were made for; null: the run made no such call. */
export function foundSection(own: readonly SourceYield[], days: readonly DailySourceYield[]): Html | null {
  if (own.length === 0) return null;
  return html`<section id="found">
    <h2>What its calls found</h2>
    ${foundTable(own, sumBySource(days))} ${foundChart(days)}
    <p class="muted">
      A change is a known offer with another field, price, stock (sold out or again in stock) or listing. What
      a page shows first counts for the page, and again for the detail that it prompts.
    </p>
  </section>`;
}
