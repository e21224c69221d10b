import { html, type Html, type HtmlValue } from '../html.ts';
import type { Source } from '../../model/run.ts';

export interface PageOptions {
  readonly title: string;
  /** The path of the menu's entry that the page belongs to. */
  readonly section: string;
  readonly body: HtmlValue;
  /** True: the page shows work in progress, so it is reloaded where no script runs. */
  readonly isLive?: boolean;
}

export interface Frame {
  /** What the catalog was fetched from; null: nothing was fetched yet; `unknown`: it could not be asked. */
  readonly source: Source | 'unknown' | null;
  /** Null: there is no login by token, so there is no logout. */
  readonly csrf: string | null;
}

const menu = [
  ['/', 'Overview'],
  ['/runs', 'Runs'],
  ['/workers', 'Workers'],
  ['/usage', 'Usage'],
  ['/products', 'Products'],
  ['/trackers', 'Trackers'],
  ['/problems', 'Problems'],
  ['/queues', 'Queues'],
  ['/api-status', 'API status'],
] as const;

const emptyBanner = html`<p class="banner"><strong>EMPTY</strong> nothing was fetched yet</p>`;

const banners: Readonly<Record<Source | 'unknown', Html | null>> = {
  unknown: null,
  sandbox: html`<p class="banner sandbox"><strong>SANDBOX</strong> using mock data: nothing here is real</p>`,
  live: html`<p class="banner live"><strong>LIVE</strong> real data from 1688.com</p>`,
};

function header({ source, csrf }: Frame, section: string): Html {
  return html`<header>
    ${source === null ? emptyBanner : banners[source]}
    <div class="bar">
      <a class="brand" href="/">catalog-sync</a>
      <nav aria-label="Pages">
        <ul>
          ${menu.map(
            ([path, name]) =>
              html`<li>
                <a href="${path}" ${path === section ? html`aria-current="page"` : null}>${name}</a>
              </li>`,
          )}
        </ul>
      </nav>
      ${
        csrf === null
          ? null
          : html`<form method="post" action="/log-out" class="action">
              <input type="hidden" name="csrf" value="${csrf}" /><button type="submit" class="quiet">
                Log out
              </button>
            </form>`
      }
    </div>
  </header>`;
}

/** A whole page. */
export function layout(frame: Frame | null, { title, section, body, isLive }: PageOptions): string {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>${title} · catalog-sync</title>
        <link rel="icon" href="/assets/icon.svg" type="image/svg+xml" />
        <link rel="stylesheet" href="/assets/style.css" />
        ${
          isLive
            ? html`<noscript><meta http-equiv="refresh" content="5" /></noscript>
                <script type="module" src="/assets/live.js"></script>`
            : null
        }
      </head>
      <body>
        <a class="skip" href="#content">Skip to the content</a>
        ${frame === null ? null : header(frame, section)}
        <main id="content" tabindex="-1">${body}</main>
      </body>
    </html>`.toString();
}
