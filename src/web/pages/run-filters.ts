import { dayMs } from '../../core/duration.ts';
import { startOfShanghaiDay } from '../../core/shanghai-time.ts';
import type { RunStatus } from '../../model/run.ts';
import type { RunChoices, RunFilter } from '../reads/run-pages.ts';
import { html, type Html } from '../html.ts';
import { stateWord } from '../parts/badge.ts';

const statuses = [
  'queued',
  'running',
  'succeeded',
  'partial_quota',
  'partial_error',
  'failed',
  'cancelled',
] as const satisfies readonly RunStatus[];

/** Names of the fields of the form, as they are in addresses. */
const fieldNames = ['state', 'scope', 'trigger', 'from', 'to'] as const;

type Fields = Readonly<Record<(typeof fieldNames)[number], string>>;

/** What the form was filled in with; what is no day counts as nothing. */
export function readRunFields(query: (name: string) => string | undefined): Fields {
  const textOf = (name: string) => (query(name) ?? '').slice(0, 200);
  const dayOf = (name: string) => (startOfShanghaiDay(textOf(name)) === null ? '' : textOf(name));
  const [state, scope, trigger] = [textOf('state'), textOf('scope'), textOf('trigger')];
  return { state, scope, trigger, from: dayOf('from'), to: dayOf('to') };
}

/** The runs that the fields mean: days are those of Shanghai, and the last one counts. */
export function toRunFilter({ state, scope, trigger, from, to }: Fields): RunFilter {
  const last = startOfShanghaiDay(to);
  return {
    status: state === '' ? null : state,
    scope: scope === '' ? null : scope,
    trigger: trigger === '' ? null : trigger,
    from: startOfShanghaiDay(from),
    before: last === null ? null : new Date(last.getTime() + dayMs),
  };
}

/** The address of runs with these fields; `before`: older ones than this run. */
export function runsPath(fields: Fields, before: string | null): string {
  const query = new URLSearchParams(before === null ? {} : { before });
  for (const name of fieldNames) if (fields[name] !== '') query.set(name, fields[name]);
  return query.size === 0 ? '/runs' : `/runs?${query.toString()}`;
}

function choice(name: string, chosen: string, options: readonly (readonly [string, string])[]): Html {
  // What no run has any more stays visible as what was asked for.
  const known = chosen === '' || options.some(([value]) => value === chosen);
  const all = known ? options : [...options, [chosen, chosen] as const];
  return html`<select name="${name}">
    <option value="">all</option>
    ${all.map(
      ([value, word]) =>
        html`<option value="${value}" ${value === chosen ? html`selected` : null}>${word}</option>`,
    )}
  </select>`;
}

const same = (values: readonly string[]) => values.map((value) => [value, value] as const);

/** The choice of which runs the page shows. */
export function runFilters(fields: Fields, { scopes, triggers }: RunChoices): Html {
  const states = statuses.map((status) => [status, stateWord(status)] as const);
  return html`<form method="get" action="/runs" class="filters even" aria-label="Which runs">
    <label>State ${choice('state', fields.state, states)}</label>
    <label>Scope ${choice('scope', fields.scope, same(scopes))}</label>
    <label>Begun by ${choice('trigger', fields.trigger, same(triggers))}</label>
    <label>From <input type="date" name="from" value="${fields.from}" /></label>
    <label>To <input type="date" name="to" value="${fields.to}" /></label>
    <button type="submit">Show</button>
  </form>`;
}
