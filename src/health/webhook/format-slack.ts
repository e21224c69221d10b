import type { NotificationItem, NotificationMessage } from '../../model/notification.ts';
import { adviceOf, footerOf, labelOf, pageUrl, tidy, titleOf } from './wording.ts';

/** Slack docs, "Formatting text": these three are all that must be escaped; `<!channel>` would notify everyone. */
const escape = (text: string): string =>
  tidy(text).replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

function lines(item: NotificationItem, siteUrl: string | null): string {
  const url = pageUrl(siteUrl, item.path);
  const where = url === null ? `page ${escape(item.path)}` : `<${escape(url)}|details>`;
  const advice = adviceOf(item).map((text) => `\n      ${escape(text)}`);
  return `• *${labelOf(item)}:* ${escape(item.summary)} (${where})${advice.join('')}`;
}

/** The body of an incoming webhook of Slack, which Mattermost and Rocket.Chat understand, too. */
export function formatSlack(message: NotificationMessage, siteUrl: string | null): unknown {
  const body = message.items.map((item) => lines(item, siteUrl));
  return { text: [`*${escape(titleOf(message))}*`, ...body, ...footerOf(message).map(escape)].join('\n') };
}
