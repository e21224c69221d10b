import { describe, expect, it } from 'vitest';
import { formatDingTalk } from '../../../../src/health/webhook/format-dingtalk.ts';
import { formatGeneric } from '../../../../src/health/webhook/format-generic.ts';
import { formatSlack } from '../../../../src/health/webhook/format-slack.ts';
import { signDingTalk } from '../../../../src/health/webhook/sign-dingtalk.ts';
import type { NotificationItem } from '../../../../src/model/notification.ts';
import { afterNoon, noon } from '../../../support/health-facts.ts';
import { notificationItem as item, trackedChange } from '../../../support/notification-items.ts';

const site = 'https://ops.example.com/?a=1&b';
const messageOf = (items: readonly NotificationItem[], more = 0) =>
  ({ source: 'live', items, more, sentAt: noon }) as const;
const hostile = item({ summary: 'By <b> & [a](x).', path: '/<p>', cause: null });

describe('of format generic', () => {
  const plain = {
    ...{ id: 'a'.repeat(32), key: 'run:all:ODD', phase: 'begun', severity: 'act', summary: 'It failed.' },
    ...{ remedy: 'Look at it.', issue: 'run', origin: '1688', since: '2026-11-25T04:00:00.000Z' },
    ...{ heals_itself: false, heals_at: null, run_id: '12', code: 'ODD', path: '/runs/12', url: null },
    change: null,
  };

  it('a message has every field', () => {
    expect(formatGeneric(messageOf([item()], 2), null)).toEqual({
      ...{ version: 1, source: 'live', title: 'catalog-sync: It failed.', more: 2 },
      text: [
        'New: It failed. What to do: Look at it. Cause: 1688. It stays until a person acts. See page /runs/12',
        'And 2 more: the first of the ops pages has all of them.',
        'Times are those of Shanghai.',
      ].join('\n'),
      ...{ sent_at: '2026-11-25T04:00:00.000Z', items: [plain] },
    });
  });

  it('a cause has its own times, and is null where it is not known', () => {
    const cause = {
      ...({ origin: 'network', healsItself: true } as const),
      ...{ since: afterNoon(-1, 'h'), healsAt: afterNoon(1, 'h') },
    };
    const known = formatGeneric(
      messageOf([item({ cause }), item({ cause: null })]),
      'https://ops.example.com/',
    );
    expect(known).toMatchObject({
      items: [
        {
          ...{ origin: 'network', since: '2026-11-25T03:00:00.000Z', heals_itself: true },
          ...{ heals_at: '2026-11-25T05:00:00.000Z', url: 'https://ops.example.com/runs/12' },
        },
        { ...plain, origin: null, heals_itself: null, url: 'https://ops.example.com/runs/12' },
      ],
      text: expect.stringContaining('See https://ops.example.com/runs/12') as string,
    });
  });

  it('a change has its offer and the times it lies between', () => {
    const change = trackedChange({ skuId: '7', minQuantity: 10 });
    expect(formatGeneric(messageOf([item({ change })]), null)).toMatchObject({
      items: [
        {
          change: {
            ...{ tracker: 'cups', condition: 'price_down', offer_id: '610', sku_id: '7', min_quantity: 10 },
            ...{ old: '12', new: '9.5', not_before: '2026-11-25T03:00:00.000Z' },
            ...{ seen_at: '2026-11-25T04:00:00.000Z' },
            offer_url: 'https://detail.1688.com/offer/610.html',
          },
        },
      ],
    });
  });
});

describe('of format slack', () => {
  it('a message has its title, its items and its end, and escapes three characters', () => {
    expect(formatSlack(messageOf([item(), hostile], 1), site)).toEqual({
      text: [
        '*catalog-sync: 2 things need a person*',
        '• *New:* It failed. (<https://ops.example.com/?a=1&amp;b/runs/12|details>)',
        '      What to do: Look at it.',
        '      Cause: 1688. It stays until a person acts.',
        '• *New:* By &lt;b&gt; &amp; [a](x). (<https://ops.example.com/?a=1&amp;b/&lt;p&gt;|details>)',
        '      What to do: Look at it.',
        'And 1 more: the first of the ops pages has all of them.',
        'Times are those of Shanghai.',
      ].join('\n'),
    });
    expect(formatSlack(messageOf([hostile]), null)).toMatchObject({
      text: expect.stringContaining('(page /&lt;p&gt;)') as string,
    });
  });
});

describe('of format dingtalk', () => {
  it('a message makes links and html harmless', () => {
    expect(formatDingTalk(messageOf([item(), hostile], 1), site)).toEqual({
      msgtype: 'markdown',
      markdown: {
        title: 'catalog-sync: 2 things need a person',
        text: [
          '#### catalog-sync: 2 things need a person',
          [
            '- **New:** It failed. ([details](https://ops.example.com/?a=1&b/runs/12))  ',
            '  What to do: Look at it.  ',
            '  Cause: 1688. It stays until a person acts.',
            '- **New:** By ＜b＞ & ［a］(x). ([details](https://ops.example.com/?a=1&b/<p>))  ',
            '  What to do: Look at it.',
          ].join('\n'),
          'And 1 more: the first of the ops pages has all of them.',
          'Times are those of Shanghai.',
        ].join('\n\n'),
      },
      at: { isAtAll: false },
    });
    expect(formatDingTalk(messageOf([hostile]), null)).toMatchObject({
      markdown: { text: expect.stringContaining('(page /＜p＞)') as string },
    });
  });

  /** Fourteen items of some 1,200 bytes, and one with a page whose address has this many letters. */
  const written = (letters: number) => {
    const wordy = item({ summary: '双'.repeat(400), remedy: '', cause: null });
    const last = item({ path: `/${'p'.repeat(letters)}` });
    return JSON.stringify(
      formatDingTalk(messageOf([...Array.from({ length: 14 }, () => wordy), last]), site),
    );
  };

  it('a message of 19,000 bytes is whole, and one of a byte more leaves out its last item', () => {
    const room = 19_000 - Buffer.byteLength(written(0));
    expect(room).toBeGreaterThan(0);
    expect(Buffer.byteLength(written(room))).toBe(19_000);
    expect(written(room)).not.toContain(' more: ');
    expect(written(room + 1)).toContain('And 1 more: ');
    expect(Buffer.byteLength(written(room + 1))).toBeGreaterThan(17_000);
  });

  it('a single item is sent however long it is', () => {
    const huge = item({ path: `/${'p'.repeat(20_000)}` });
    const twice = formatDingTalk(messageOf([huge, huge], 1), site);
    expect(JSON.stringify(twice)).toMatch(/ppp.*And 2 more: /);
    expect(JSON.stringify(formatDingTalk(messageOf([huge]), site))).not.toContain(' more: ');
  });

  it('a signature is that of time and secret, beside the token', () => {
    const signed = signDingTalk(new URL('https://oapi.dingtalk.com/robot/send?access_token=t'), 'SECRET', 1);
    expect([...signed.searchParams]).toEqual([
      ['access_token', 't'],
      ['timestamp', '1'],
      ['sign', 'IDR+PULYRjJBWdzOA4Fjb2qp9JAkH9E9qc+SQVfpWKc='],
    ]);
  });
});
