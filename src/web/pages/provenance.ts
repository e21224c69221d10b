import type {
  ExplainedChange,
  ExplainedObservation,
  ExplainedReject,
  Explanation,
} from '../reads/explain-offer.ts';
import { html, type Html } from '../html.ts';
import { callLink } from '../parts/call-link.ts';
import { apiName, count, time, yuan } from '../parts/format.ts';
import { number, table, text } from '../parts/table.ts';

/** Observations and changes of an offer that its page asks for; one a day for half a year. */
export const shownObservations = 200;

function changeTable(changes: readonly ExplainedChange[]): Html {
  return table({
    caption: 'Changes, newest first',
    columns: [text('Seen'), text('Field'), text('Was'), text('Is'), text('Call')],
    rows: changes.map((row) => [
      time(row.observedAt),
      row.field,
      row.old ?? '–',
      row.new ?? '–',
      callLink(row.callId),
    ]),
    empty: 'No field has changed since it was first seen.',
  });
}

function observationTable(observations: readonly ExplainedObservation[]): Html {
  const rows = observations.map((observation) => [
    time(observation.observedAt),
    observation.source,
    observation.isFound ? 'yes' : 'no',
    yuan(observation.minPriceCny),
    observation.stock === null ? '–' : count(Number(observation.stock)),
    observation.api === null ? '–' : apiName(observation.api),
    callLink(observation.callId),
    observation.rawId === null
      ? 'not kept'
      : html`<a href="/calls/${observation.callId}/answer">${observation.rawId}</a>`,
    observation.runId === null
      ? '–'
      : html`<a href="/runs/${observation.runId}">Run ${observation.runId}</a>`,
  ]);
  return table({
    caption: 'Observations, newest first',
    columns: [
      text('When'),
      text('By'),
      text('Found'),
      number('Lowest price'),
      number('Stock'),
      text('API'),
      text('Call'),
      text('Answer'),
      text('Run'),
    ],
    rows,
    empty: 'No observation is stored.',
  });
}

function rejectTable(rejects: readonly ExplainedReject[]): Html {
  return table({
    caption: 'Values of its answers that could not be read',
    columns: [text('Where'), text('Why'), text('Example'), text('Answer')],
    rows: rejects.map((row) => [
      html`<code>${row.path}</code>`,
      row.reason,
      row.sample ?? '–',
      html`<code>${row.rawId}</code>`,
    ]),
  });
}

/** The calls and answers that the data of an offer come from. */
export function provenance({ offer, observations, changes, rejects }: Explanation): Html {
  return html`<section>
    <h2>Where this comes from</h2>
    <p class="muted">
      As it is since call ${callLink(offer.callId)}, ${time(offer.changedAt)}. First seen
      ${time(offer.firstSeenAt)}, in searches ${time(offer.searchedAt, 'never')}, in detail
      ${time(offer.detailedAt, 'never')}.
    </p>
    <h3>Changes</h3>
    ${changeTable(changes)}
    <details>
      <summary>
        ${observations.length < shownObservations ? null : 'The newest '}${count(observations.length)}
        observations
      </summary>
      ${observationTable(observations)}
    </details>
    ${
      rejects.length === 0
        ? null
        : html`<h3>What could not be read</h3>
            ${rejectTable(rejects)}`
    }
  </section>`;
}
