import type { PromisedAge } from '../reads/run-pages.ts';
import { html, type Html } from '../html.ts';
import { count, percent } from '../parts/format.ts';
import { number, table, text } from '../parts/table.ts';

const hours = (value: number | null) => (value === null ? '–' : `${value.toFixed(1)} h`);

/** Which ages the details of a run's feeds reached, of those that have a promised age; null: none has. */
export function promisedAgesSection(ages: readonly PromisedAge[]): Html | null {
  if (ages.length === 0) return null;
  const rows = ages.map((age) => [
    age.feed,
    hours(age.maxAgeHours),
    age.shareInTime === null ? '–' : percent(age.shareInTime, 1),
    hours(age.p95Hours),
    hours(age.highestHours),
    `${count(age.lateNow)} of ${count(age.offers)}`,
  ]);
  return html`<section id="promised-ages">
    <h2>Promised ages</h2>
    ${table({
      caption: 'Ages of details that max_age promises, over the last 7 days',
      columns: [
        text('Feed'),
        number('Promised'),
        number('In time'),
        number('19 of 20 below'),
        number('Highest'),
        number('Late now'),
      ],
      rows,
    })}
  </section>`;
}
