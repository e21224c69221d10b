import type { NotificationItem, NotificationMessage } from '../../model/notification.ts';
import { adviceOf, footerOf, labelOf, pageUrl, tidy, titleOf } from './wording.ts';

/** DingTalk takes 20,000 bytes. A longer one would always be refused, and block all that follow. */
const maxBytes = 19_000;

/** Markdown of DingTalk has no escapes that are documented: what would make links, pictures or html is made harmless. */
const plain = (text: string): string =>
  tidy(text).replaceAll('[', '［').replaceAll(']', '］').replaceAll('<', '＜').replaceAll('>', '＞');

function lines(item: NotificationItem, siteUrl: string | null): string {
  const url = pageUrl(siteUrl, item.path);
  const where = url === null ? `page ${plain(item.path)}` : `[details](${url})`;
  const advice = adviceOf(item).map((text) => `  \n  ${plain(text)}`);
  return `- **${labelOf(item)}:** ${plain(item.summary)} (${where})${advice.join('')}`;
}

/** The body of a custom robot of DingTalk: a markdown message without mentions (open.dingtalk.com). */
export function formatDingTalk(message: NotificationMessage, siteUrl: string | null): unknown {
  const title = plain(titleOf(message));
  const items = message.items.map((item) => lines(item, siteUrl));
  const write = (shown: number) => {
    const footer = footerOf({ ...message, more: message.more + items.length - shown });
    const text = [`#### ${title}`, items.slice(0, shown).join('\n'), ...footer.map(plain)].join('\n\n');
    return { msgtype: 'markdown', markdown: { title, text }, at: { isAtAll: false } };
  };
  let shown = items.length;
  while (shown > 1 && Buffer.byteLength(JSON.stringify(write(shown))) > maxBytes) shown -= 1;
  return write(shown);
}
