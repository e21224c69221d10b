import { describe, expect, it } from 'vitest';
import { judgeAnswer, type NotifyFormat } from '../../../../src/health/webhook/judge-answer.ts';

const nowMs = Date.parse('2026-11-25T04:00:00Z');

/** `CODE message`; null: the message was taken. */
function verdictOf(format: NotifyFormat, httpStatus: number, body = '', retryAfter: string | null = null) {
  const error = judgeAnswer(format, { httpStatus, retryAfter, body }, nowMs);
  return error === null ? null : `${error.code} ${error.message}`;
}

describe('a status', () => {
  it.each([
    [199, 'NOTIFY_REFUSED the receiver answered HTTP 199'],
    [200, null],
    [299, null],
    [300, 'NOTIFY_REFUSED the receiver answered HTTP 300, a redirect, which is not followed'],
    [399, 'NOTIFY_REFUSED the receiver answered HTTP 399, a redirect, which is not followed'],
    [400, 'NOTIFY_REFUSED the receiver answered HTTP 400'],
    [428, 'NOTIFY_REFUSED the receiver answered HTTP 428'],
    [429, 'NOTIFY_THROTTLED the receiver answered HTTP 429'],
    [499, 'NOTIFY_REFUSED the receiver answered HTTP 499'],
    [500, 'NOTIFY_UNAVAILABLE the receiver answered HTTP 500'],
  ])('%i without a body: %s', (httpStatus, verdict) => {
    expect(verdictOf('generic', httpStatus)).toBe(verdict);
  });

  it('of a refusal is told with what the receiver says', () => {
    expect(verdictOf('generic', 404, 'no\nteam')).toBe(
      'NOTIFY_REFUSED the receiver answered HTTP 404: no team',
    );
  });
});

describe('the time to wait', () => {
  const waitOf = (retryAfter: string | null, httpStatus = 429) =>
    judgeAnswer('slack', { httpStatus, retryAfter, body: '' }, nowMs)?.retryAfterMs;

  it.each([
    ['120', 120_000],
    [' 1 ', 1000],
    ['999999999', 999_999_999_000],
    ['Wed, 25 Nov 2026 04:01:30 GMT', 90_000],
    ['Wed, 25 Nov 2026 04:00:00 GMT', undefined],
    ['Wed, 25 Nov 2026 03:59:00 GMT', undefined],
    ['0', undefined],
    ['1234567890', undefined],
    ['soon', undefined],
    [null, undefined],
  ])('of %j is %s ms, from one that is busy or in trouble', (header, ms) => {
    expect([waitOf(header), waitOf(header, 503)]).toEqual([ms, ms]);
  });
});

describe('what a receiver says with status 200', () => {
  it.each<[NotifyFormat, string, string | null]>([
    ['generic', 'anything', null],
    ['slack', ' ok\n', null],
    ['slack', 'not ok', 'NOTIFY_REFUSED the receiver did not answer as Slack does, with "ok"'],
    ['dingtalk', '{"errcode":0,"errmsg":"ok"}', null],
    ['dingtalk', 'ok', 'NOTIFY_REFUSED the receiver did not answer as DingTalk does, with JSON'],
    ['dingtalk', 'null', 'NOTIFY_REFUSED the receiver did not answer as DingTalk does, with an errcode'],
    ['dingtalk', '7', 'NOTIFY_REFUSED the receiver did not answer as DingTalk does, with an errcode'],
    [
      ...(['dingtalk', '{"errcode":"0"}'] as const),
      'NOTIFY_REFUSED the receiver did not answer as DingTalk does, with an errcode',
    ],
    ['dingtalk', '{"errcode":310000}', 'NOTIFY_REFUSED DingTalk refused it with errcode 310000: '],
    [
      ...(['dingtalk', '{"errcode":310000,"errmsg":"sign\\nnot match"}'] as const),
      'NOTIFY_REFUSED DingTalk refused it with errcode 310000: sign not match',
    ],
    ['dingtalk', '{"errcode":130101}', 'NOTIFY_THROTTLED DingTalk says that messages come too fast'],
  ])('as %s: %j', (format, body, verdict) => {
    expect(verdictOf(format, 200, body)).toBe(verdict);
  });

  it('that DingTalk takes none for ten minutes', () => {
    const answer = { httpStatus: 200, retryAfter: null, body: '{"errcode":130101}' };
    expect(judgeAnswer('dingtalk', answer, nowMs)?.retryAfterMs).toBe(600_000);
  });
});
