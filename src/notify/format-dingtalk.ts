import type { NewsItem, NotificationMessage } from '../model/notification.ts';
import { footerOf, labelOf, pageUrl, tidy, titleOf } from './wording.ts';

/** Markdown of DingTalk has no escapes that are documented: what would make links, pictures or html is made harmless. */
const plain = (text: string): string =>
  tidy(text).replaceAll('[', '［').replaceAll(']', '］').replaceAll('<', '＜').replaceAll('>', '＞');

function lines(item: NewsItem, siteUrl: string | null): string {
  const url = pageUrl(siteUrl, item.path);
  const where = url === null ? `page ${plain(item.path)}` : `[where to look](${url})`;
  const remedy = item.news === 'over' || item.remedy === '' ? '' : `  \n  What to do: ${plain(item.remedy)}`;
  return `- **${labelOf(item)}:** ${plain(item.summary)} (${where})${remedy}`;
}

/** The body of a custom robot of DingTalk: a markdown message that calls nobody by name (open.dingtalk.com). */
export function formatDingTalk(message: NotificationMessage, siteUrl: string | null): unknown {
  const title = plain(titleOf(message));
  const body = message.items.map((item) => lines(item, siteUrl));
  const text = [`#### ${title}`, body.join('\n'), ...footerOf(message).map(plain)].join('\n\n');
  return { msgtype: 'markdown', markdown: { title, text }, at: { isAtAll: false } };
}
