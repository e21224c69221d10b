import type { JsonValue } from '../../core/json.ts';
import { isMediaUrl } from '../../core/media-host.ts';

/** Where relative image paths of the older product model live (1688 docs cross.productInfo v1). */
const imageHost = 'https://cbu01.alicdn.com/';

/** Longer urls are data smuggled into a link; the longest real ones stay below 300. */
const maxLength = 2000;

/**
 * The absolute https url of a picture or video on Alibaba's own hosts (`isMediaUrl`), or null.
 *
 * - `https://cbu01.alicdn.com/img/ibank/O1.jpg` stays; `http:` becomes `https:`
 * - `//cbu01.alicdn.com/img/ibank/O1.jpg` gets `https:`
 * - `img/ibank/2020/1.jpg` and `/img/ibank/2020/1.jpg` get `https://cbu01.alicdn.com/`
 * - `javascript:`, `data:`, foreign hosts, user names, ports and words (`图片地址`) give null
 */
export function parseMediaUrl(value: JsonValue): string | null {
  if (typeof value !== 'string' || value.length > maxLength) return null;
  const text = absoluteText(value.trim());
  if (text === null || !URL.canParse(text)) return null;
  const url = new URL(text);
  return url.pathname !== '/' && isMediaUrl(url) && url.href.length <= maxLength ? url.href : null;
}

function absoluteText(text: string): string | null {
  if (/^https?:\/\//i.test(text)) return text.replace(/^http:/i, 'https:');
  if (text.startsWith('//')) return `https:${text}`;
  return /^\/?img\/ibank\//.test(text) ? imageHost + text.replace(/^\//, '') : null;
}
