import { describeChange } from '../../health/trackers/describe-change.ts';
import type { ListedChange } from '../../model/tracker.ts';
import { html, type Html } from '../html.ts';
import { count, time } from '../parts/format.ts';
import { offerLink } from '../parts/offer-link.ts';
import { table, text } from '../parts/table.ts';
import type { WebContext, WebDeps } from '../web-deps.ts';
import { show } from './show.ts';

const shown = 200;

function deliveryOf({ sentAt, skippedAt }: ListedChange): Html | string {
  if (sentAt !== null) return time(sentAt);
  return skippedAt === null ? 'waits' : 'no';
}

function changeTable(changes: readonly ListedChange[]): Html {
  return table({
    caption: 'Changes that trackers noticed, newest first',
    columns: [
      ...[text('Seen'), text('Not before'), text('Tracker'), text('Offer'), text('What'), text('Sent')],
    ],
    rows: changes.map((change) => [
      time(change.seenAt),
      time(change.notBefore),
      html`<a href="/trackers?tracker=${change.tracker}">${change.tracker}</a>`,
      offerLink(change.offerId, change.subject),
      describeChange(change),
      deliveryOf(change),
    ]),
    empty:
      'No tracker has noticed a change. `trackers:` of `catalog-sync.yaml` says which prices, stock and listings to notice: each change is listed here, and sent.',
  });
}

/** `/trackers`: what the trackers of sync files noticed, of all or of one. */
export async function trackersPage(c: WebContext, deps: WebDeps): Promise<Response> {
  const tracker = c.req.query('tracker') ?? null;
  const changes = await deps.stores.trackers.list({ tracker, limit: shown });
  const body = html`<h1>Trackers</h1>
    ${
      tracker === null
        ? null
        : html`<p>Only <code>${tracker}</code>. <a href="/trackers">All trackers</a></p>`
    }
    ${changeTable(changes)}
    ${
      changes.length < shown
        ? null
        : html`<p>The newest ${count(shown)}; <code>sync.tracked_change</code> has all.</p>`
    }`;
  return show(c, deps, { title: 'Trackers', section: '/trackers', body });
}
