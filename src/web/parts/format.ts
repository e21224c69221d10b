import { html, type Html } from '../html.ts';

const shanghai = new Intl.DateTimeFormat('sv-SE', {
  timeZone: 'Asia/Shanghai',
  year: 'numeric',
  month: '2-digit',
  day: '2-digit',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
});

/** `2026-11-26 00:36:33` in Shanghai. */
export function shanghaiTime(at: Date): string {
  return shanghai.format(at);
}

/** An instant in Shanghai, to the minute; its title has it in UTC, to the second. */
export function time(at: Date | null, none = '–'): Html {
  if (at === null) return html`<span class="muted">${none}</span>`;
  const utc = `${at.toISOString().slice(0, 19).replace('T', ' ')} UTC`;
  return html`<time datetime="${at.toISOString()}" title="${utc}">${shanghaiTime(at).slice(0, 16)}</time>`;
}

const units = [
  ['day', 86_400],
  ['h', 3600],
  ['min', 60],
  ['s', 1],
] as const;

/** `2 days`, `5 h`, `40 s`: the largest unit that fits. */
export function span(ms: number): string {
  const seconds = Math.max(0, ms) / 1000;
  const [name, size] = units.find(([, min]) => seconds >= min) ?? ['s', 1];
  const amount = seconds < 10 ? Number(seconds.toFixed(1)) : Math.floor(seconds / size);
  return `${String(amount)} ${name}${name === 'day' && amount !== 1 ? 's' : ''}`;
}

/** `5 min ago`, or `in 2 h`. */
export function distance(at: Date, now: Date): string {
  const ms = now.getTime() - at.getTime();
  if (Math.abs(ms) < 1000) return 'just now';
  return ms >= 0 ? `${span(ms)} ago` : `in ${span(-ms)}`;
}

export function count(amount: number): string {
  return amount.toLocaleString('en');
}

/** `34 %`, `3.4 %`, `< 0.1 %`; `–` of nothing. */
export function percent(part: number, whole: number): string {
  if (whole <= 0) return '–';
  const share = (100 * part) / whole;
  if (share > 0 && share < 0.1) return '< 0.1 %';
  return `${share > 0 && share < 10 ? share.toFixed(1) : String(Math.round(share))} %`;
}

/** `98.5 %`, `0.12 %`, from a share as decimal text. */
export function share(rate: string | null): string {
  return rate === null ? '–' : `${String(Number((100 * Number(rate)).toFixed(2)))} %`;
}

/** `¥12.5`, from decimal text. */
export function yuan(amountCny: string | null): string {
  if (amountCny === null) return '–';
  const [whole = '0', cents] = amountCny.split('.');
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ',');
  return `¥${grouped}${cents === undefined ? '' : `.${cents.padEnd(2, '0')}`}`;
}

/** An API by its name; its title has namespace and version too. */
export function apiName(api: string): Html {
  const name = api === '*' ? 'all APIs' : (api.split(':')[1] ?? api);
  return html`<span class="api" title="${api}">${name}</span>`;
}
