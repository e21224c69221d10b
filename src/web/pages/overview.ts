import { countOf } from '../../core/count-of.ts';
import { hourMs, minuteMs } from '../../core/duration.ts';
import type { CatalogCount } from '../reads/overview-pages.ts';
import { findHealthIssues } from '../../health/issues/find-health-issues.ts';
import { describeCause } from '../../health/issues/describe-cause.ts';
import { findWarnings } from '../../health/issues/find-warnings.ts';
import type { RunRow } from '../reads/run-pages.ts';
import type { HealthIssue } from '../../model/health-issue.ts';
import { html, type Html } from '../html.ts';
import { runBadge } from '../parts/badge.ts';
import { meter } from '../parts/charts.ts';
import { facts } from '../parts/facts.ts';
import { count, distance, percent, span, time } from '../parts/format.ts';
import { prose } from '../parts/prose.ts';
import type { NextRun, WebContext, WebDeps } from '../web-deps.ts';
import { burnDowns } from './burn-down.ts';
import { expectCalls, projectDay } from './project-day.ts';
import { runNowButton } from './run-now.ts';
import { runTable } from './run-table.ts';
import { show } from './show.ts';

function headline(issues: readonly HealthIssue[], runs: readonly RunRow[]): Html {
  const needed = issues.filter(({ severity }) => severity === 'act');
  const warned = issues.filter(({ severity }) => severity === 'warn');
  const active = runs.find(({ endedAt }) => endedAt === null);
  const [tone, word] =
    needed.length > 0
      ? [
          'bad',
          needed.length === 1 ? 'One issue needs a person' : `${count(needed.length)} things need a person`,
        ]
      : warned.length > 0
        ? ['warn', warned.length === 1 ? 'One thing to look at' : `${count(warned.length)} things to look at`]
        : runs.length === 0
          ? ['calm', 'No sync yet']
          : ['good', active ? 'Healthy, and at work' : 'Healthy'];
  const first =
    runs.length === 0
      ? html`<p>Start with <code>catalog-sync sync</code>, or see <a href="/api-status">API status</a>.</p>`
      : null;
  return html`<section class="card hero ${tone}">
    <h2>${word}</h2>
    ${first}
    ${issues.length === 0 && runs.length > 0 ? html`<p>No health issue: nothing needs attention.</p>` : null}
    ${
      issues.length === 0
        ? null
        : html`<ul class="issues">
            ${issues.map((issue) => {
              const { severity, summary, remedy, path } = issue;
              const cause = severity === 'note' ? '' : describeCause(issue);
              return html`<li class="${severity}">
                <span
                  >${prose(summary)} <span class="remedy">${prose(remedy)}</span>
                  <span class="muted small">${cause}</span></span
                >
                <a href="${path}" aria-label="See where this is: ${summary.replaceAll('`', '')}">See</a>
              </li>`;
            })}
          </ul>`
    }
  </section>`;
}

function lastRunCard(run: RunRow | undefined, now: Date): Html {
  if (!run)
    return html`<article class="card">
      <h2>Last run</h2>
      <p class="empty">None yet. <code>catalog-sync sync</code> starts the first one.</p>
    </article>`;
  const at = run.endedAt ?? run.startedAt ?? run.requestedAt;
  return html`<article class="card">
    <h2>Last run</h2>
    <p class="figure"><a href="/runs/${run.runId}">Run ${run.runId}</a> ${runBadge(run)}</p>
    <p>
      ${run.endedAt === null ? 'began' : 'ended'} ${distance(at, now)}
      <span class="muted">(${time(at)})</span>
    </p>
    <p class="muted">
      ${countOf(run.callsUsed, 'call')}, ${count(run.offersNew)} new and ${count(run.offersChanged)} changed
      offers
    </p>
  </article>`;
}

function nextRunCard(next: NextRun | null, now: Date, runNow: Html | null): Html {
  const body =
    next === null
      ? html`<p class="empty">
          No schedule: runs begin by cron or by hand. <code>catalog-sync schedule add</code> makes one.
        </p>`
      : html`<p class="figure">${distance(next.at, now)}</p>
          <p>${time(next.at)} <span class="muted">by schedule ${next.schedule}</span></p>`;
  return html`<article class="card">
    <h2>Next run</h2>
    ${body} ${runNow}
  </article>`;
}

/** When it was counted, where that is not now. */
function countedAt({ at }: CatalogCount, now: Date): Html | null {
  if (now.getTime() - at.getTime() < minuteMs) return null;
  return html`<p class="muted">Counted ${distance(at, now)} (${time(at)})</p>`;
}

function catalogCard(counted: CatalogCount, now: Date): Html {
  const { offers, listed, categories, sellers, skus } = counted;
  return html`<article class="card">
    <h2>Catalog</h2>
    <p class="figure"><a href="/products">${countOf(offers, 'offer')}</a></p>
    ${facts([
      ['on sale', count(listed)],
      ['SKUs', count(skus)],
      ['sellers', count(sellers)],
      ['categories', count(categories)],
    ])}
    ${countedAt(counted, now)}
  </article>`;
}

function freshnessCard(counted: CatalogCount, now: Date): Html {
  const { offers, neverDetailed, within1d, within7d, medianAgeH } = counted;
  const age = medianAgeH === null ? 'nothing yet' : span(medianAgeH * hourMs);
  return html`<article class="card">
    <h2>Freshness</h2>
    <p class="figure">${age} <span class="muted small">median age of details</span></p>
    <p>${percent(within1d, offers)} within a day</p>
    ${meter(within1d, offers)}
    <p>${percent(within7d, offers)} within 7 days</p>
    ${meter(within7d, offers)}
    <p class="muted">${countOf(neverDetailed, 'offer')} without a detail answer</p>
    ${countedAt(counted, now)}
  </article>`;
}

function countedCards(counted: CatalogCount | null, now: Date): Html {
  if (counted !== null) return html`${freshnessCard(counted, now)} ${catalogCard(counted, now)}`;
  return html`<article class="card">
    <h2>Catalog</h2>
    <p class="empty">It is large, and still being counted. Look again in a minute.</p>
    <p><a href="/products">Products</a></p>
  </article>`;
}

/** `/`: whether all is well, and what is next. */
export async function overviewPage(c: WebContext, deps: WebDeps): Promise<Response> {
  const { stores } = deps;
  const [overview, workers, counted, runs, limits, hours, facts] = await Promise.all([
    stores.overview.readOverview(),
    stores.workers.listWorkers(),
    deps.catalog.get(),
    stores.runs.listRuns(null, 5),
    stores.overview.listDayQuotas(),
    stores.overview.listHoursToday(),
    stores.issues.read(),
  ]);
  const { now } = overview;
  const [next, plan] = await Promise.all([deps.nextRun(now), deps.planToday(now)]);
  const usual = plan === null ? await stores.overview.listUsualHours() : [];
  const toCome = expectCalls({ plan, usual, today: hours, now });
  const quotas = limits.map((limit) => projectDay(limit, toCome, now));
  // What the month bounds comes back with the month, not with the day.
  const ofDay = quotas.filter(({ left, remaining }) => left === remaining);
  const issues = [...findHealthIssues(facts, deps.findRemedy), ...findWarnings(overview, ofDay)];
  const body = html`<h1>Overview</h1>
    ${headline(issues, runs)}
    <div class="cards">
      ${lastRunCard(runs[0], now)} ${nextRunCard(next, now, runNowButton(c, deps, workers, 'all'))}
      ${countedCards(counted, now)}
    </div>
    <section>
      <h2>Quota of today</h2>
      ${burnDowns(quotas, hours, now)}
    </section>
    <section>
      <h2>Latest runs</h2>
      ${runTable(runs, now)}
      <p><a href="/runs">All runs</a></p>
    </section>
    <p class="muted">As of ${time(now)}, Asia/Shanghai. Point at a time to see it in UTC.</p>`;
  return show(c, deps, { title: 'Overview', section: '/', body });
}
