import { isMediaUrl } from '../../core/media-host.ts';
import { html, type Html } from '../html.ts';
import type { ImageSource } from '../web-deps.ts';

/** Where a sandbox draws the pictures of its offers, and below which we pass them on. */
export const imageFolder = '/img/ibank/';

function readUrl(text: string): URL | null {
  if (!URL.canParse(text, 'https://cbu01.alicdn.com')) return null;
  const url = new URL(text, 'https://cbu01.alicdn.com');
  // Anything else in an answer is somebody's attempt to have us load it.
  return isMediaUrl(url) ? url : null;
}

/** A picture of an offer, as far as it may be shown. `alt` empty: the text next to it is enough. */
export function productImage({ kind }: ImageSource, text: string | null, alt: string): Html {
  const url = text === null ? null : readUrl(text);
  if (url === null) return html`<div class="picture">no picture</div>`;
  if (kind === 'link')
    return html`<div class="picture">
      <a href="${url.href}" rel="noreferrer noopener">picture at 1688</a>
    </div>`;
  if (kind === 'sandbox' && !url.pathname.startsWith(imageFolder))
    return html`<div class="picture">no picture</div>`;
  const source = kind === 'sandbox' ? `/picture${url.pathname}` : url.href;
  return html`<div class="picture">
    <img src="${source}" alt="${alt}" width="400" height="400" loading="lazy" referrerpolicy="no-referrer" />
  </div>`;
}
