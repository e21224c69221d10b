import { countOf } from '../../core/count-of.ts';
import { html, type Html, type HtmlValue } from '../html.ts';
import { actionForm } from '../parts/action-form.ts';
import { badge } from '../parts/badge.ts';
import { facts } from '../parts/facts.ts';
import { count, shanghaiTime } from '../parts/format.ts';
import { prose } from '../parts/prose.ts';
import { table, text } from '../parts/table.ts';
import type { DoctorCheck, DoctorReport, WebConnect, WebContext, WebDeps } from '../web-deps.ts';
import { noticeOf } from './notices.ts';
import { show } from './show.ts';
import { troubleshooting } from './troubleshooting.ts';

const findCheck = ({ checks }: DoctorReport, name: string): DoctorCheck | undefined =>
  checks.find((check) => check.name === name);

/** `not checked` is neither a failure nor a success. */
function isDone(check: DoctorCheck | undefined): boolean {
  return check?.status === 'ok' || (check?.name.startsWith('app ') === true && check.status === 'warn');
}

function credentials(report: DoctorReport): Html {
  const key = isDone(findCheck(report, 'app key'));
  const secret = isDone(findCheck(report, 'app secret'));
  const isConfigured = key && secret;
  const word = (isThere: boolean) => (isThere ? '✓ Configured' : '✗ Not configured');
  return html`<section class="card hero ${isConfigured ? 'good' : 'bad'}">
    <h2>${isConfigured ? 'API credentials are configured!' : 'API credentials are not configured'}</h2>
    <p>${prose(report.next)}</p>
    ${facts([
      ['App Key', word(key)],
      ['App Secret', word(secret)],
      ['Status', isConfigured ? 'configured' : 'not configured'],
    ])}
  </section>`;
}

/** The browser must come back to the host that it leaves from, because only that host has the session. */
function connectForm(c: WebContext, connect: WebConnect): Html {
  const { host, origin } = new URL(connect.redirectUri);
  if (c.req.header('host') !== host)
    return html`<p>
      1688 sends the browser back to <code>${connect.redirectUri}</code>, so start there:
      <a href="${origin}/api-status">${origin}/api-status</a>. If that is not this server, use
      <code>catalog-sync auth</code>.
    </p>`;
  return actionForm({ path: '/actions/connect', csrf: c.get('csrf'), label: 'Connect to 1688' });
}

function connectSection(c: WebContext, report: DoctorReport, { connect }: WebDeps): Html {
  const token = findCheck(report, 'token');
  return html`<section class="card" id="connect">
    <h2>Connection by OAuth ${token === undefined ? null : badge(token.status)}</h2>
    <p>${token?.message ?? 'Not checked.'}</p>
    ${
      connect === null
        ? html`<p class="muted">To connect from here, set App Key, App Secret and TOKEN_KEY.</p>`
        : connectForm(c, connect)
    }
  </section>`;
}

interface Step {
  readonly name: string;
  readonly isDone: boolean;
  readonly say: HtmlValue;
}

async function describeProducts({ stores, catalog }: WebDeps): Promise<Step> {
  const source = await stores.overview.readSource();
  const offers = (await catalog.get())?.offers ?? 0;
  const isDone = source === 'live' && offers > 0;
  const waiting = source === null ? 'nothing was fetched yet' : 'no offer was fetched yet';
  return {
    name: 'Seeing real products',
    isDone,
    say:
      source === 'sandbox'
        ? 'using mock data of a sandbox'
        : isDone
          ? `${countOf(offers, 'offer')} from 1688.com`
          : waiting,
  };
}

function permissionStep({ checks }: DoctorReport): Step {
  const permissions = checks.flatMap(({ permission }) => (permission === undefined ? [] : [permission]));
  const allowed = permissions.filter(({ observed }) => observed === 'allowed');
  const refused = permissions.filter(({ observed }) => observed !== 'allowed' && observed !== 'unknown');
  const also = refused.length === 0 ? '' : `, and ${count(refused.length)} to be refused`;
  return {
    name: 'API permissions approved',
    // Of what the operator declared as refused, nothing is left to apply for.
    isDone: allowed.length > 0 && refused.every(({ declared }) => declared === 'rejected'),
    say: `calls showed ${count(allowed.length)} of ${count(permissions.length)} APIs to be allowed${also}`,
  };
}

async function stepsOf(report: DoctorReport, deps: WebDeps): Promise<Step[]> {
  const application = findCheck(report, 'application');
  const ofCheck = (name: string, check: DoctorCheck | undefined): Step => ({
    name,
    isDone: isDone(check),
    say: check?.message ?? 'not checked',
  });
  return [
    ofCheck('Application approved', application),
    ofCheck('App Key (8 digits)', findCheck(report, 'app key')),
    ofCheck('App Secret (long text)', findCheck(report, 'app secret')),
    ofCheck('Token', findCheck(report, 'token')),
    permissionStep(report),
    await describeProducts(deps),
  ];
}

async function checklist(report: DoctorReport, deps: WebDeps): Promise<Html> {
  const steps = await stepsOf(report, deps);
  return html`<section class="card">
    <h2>Checklist of the registration</h2>
    <ul class="checks">
      ${steps.map(
        ({ name, isDone: isReached, say }) =>
          html`<li>
            <span
              ><span class="badge ${isReached ? 'good' : 'calm'}"
                >${isReached ? '✓ done' : '○ open'}</span
              ></span
            >
            <p><strong>${name}</strong><br /><span class="muted">${say}</span></p>
          </li>`,
      )}
    </ul>
  </section>`;
}

function checkList({ checks, at }: DoctorReport): Html {
  return html`<section class="card">
    <h2>All checks</h2>
    <ul class="checks">
      ${checks.map(
        ({ name, status, message, advice }) =>
          html`<li>
            <span>${badge(status)}</span>
            <div>
              <p><strong>${name}</strong></p>
              ${message.split('\n').map((line) => html`<p>${prose(line)}</p>`)}
              ${advice === null ? null : html`<p class="advice">${prose(advice)}</p>`}
            </div>
          </li>`,
      )}
    </ul>
    <p class="muted">
      As of ${shanghaiTime(at)}; checked again after half a minute, without any call.
      <code>catalog-sync doctor --probe</code> also makes one call for each API.
    </p>
  </section>`;
}

function nameTable({ apiNames }: DoctorReport): Html {
  return html`<section>
    <h2>Names in registration guides</h2>
    ${table({
      caption: 'Names of APIs in registration guides, with those to apply for',
      columns: [text('In guides'), text('To apply for'), text('Why')],
      rows: apiNames.map(({ guideName, api, explanation }) => [
        html`<code>${guideName}</code>`,
        html`<code>${api}</code>`,
        html`<span class="wide">${prose(explanation)}</span>`,
      ]),
    })}
  </section>`;
}

/** `/api-status`: whether 1688 can be asked, and what is missing. */
export async function apiStatusPage(c: WebContext, deps: WebDeps): Promise<Response> {
  const report = await deps.doctor.get();
  const body = html`<h1>API status</h1>
    ${noticeOf(c)} ${credentials(report)}
    <div class="halves">${connectSection(c, report, deps)} ${await checklist(report, deps)}</div>
    ${checkList(report)} ${nameTable(report)} ${troubleshooting()}`;
  return show(c, deps, { title: 'API status', section: '/api-status', body });
}
