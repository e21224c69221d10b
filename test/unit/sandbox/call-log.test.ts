import { describe, expect, it } from 'vitest';
import { createCallLog } from '../../../src/sandbox/call-log.ts';
import { createCalendar } from '../../../src/sandbox/calendar.ts';
import { toWireJson } from '../../../src/sandbox/wire-json.ts';
import { toCompactTime, toNaiveDate, toNaiveTime } from '../../../src/sandbox/wire-time.ts';

const at = Date.parse('2026-10-10T15:59:59.999Z');

describe('the call log', () => {
  it('holds half a million calls, then drops the older half and says so', () => {
    const log = createCallLog();
    for (let i = 1; i <= 500_001; i++) log.open({ requestId: String(i), api: 'a:b:1', at }).end(200, 'ok');
    expect(log.dropped()).toBe(250_000);
    const calls = log.list(0, 0);
    expect(calls).toHaveLength(250_001);
    expect(calls[0]).toMatchObject({ sequence: 250_001, requestId: '250001' });
    expect(log.list(500_000, 0)).toMatchObject([{ sequence: 500_001, requestId: '500001' }]);
  });

  it('shows a call that has no answer yet', () => {
    const log = createCallLog();
    log.open({ requestId: null, api: 'a:b:1', at });
    expect(log.list(0, at)).toEqual([
      {
        sequence: 1,
        requestId: null,
        api: 'a:b:1',
        at: '2026-10-10T15:59:59.999Z',
        httpStatus: 0,
        outcome: 'in_flight',
        isCounted: false,
      },
    ]);
    expect(log.list(0, at + 1)).toEqual([]);
  });
});

describe('forms on the wire', () => {
  it('days begin at midnight of their zone', () => {
    const shanghai = createCalendar('Asia/Shanghai');
    expect([at, at + 1].map(shanghai)).toEqual(['2026-10-10', '2026-10-11']);
    expect(createCalendar('UTC')(at + 1)).toBe('2026-10-10');
    expect(createCalendar('Asia/Kathmandu')(Date.parse('2026-10-10T18:15:00Z'))).toBe('2026-10-11');
  });

  it('times are those of Shanghai', () => {
    expect(toNaiveTime(at)).toBe('2026-10-10 23:59:59');
    expect(toNaiveDate(at + 1)).toBe('2026-10-11');
    expect(toCompactTime(at)).toBe('20261010235959999+0800');
  });

  it('big integers are bare numbers, and text is left alone', () => {
    const value = {
      id: 9_007_199_254_740_993n,
      text: '12 "\\u0001" 裙',
      list: [1n, null, undefined],
      none: undefined,
    };
    expect(toWireJson(value)).toBe(
      '{"id":9007199254740993,"text":"12 \\"\\\\u0001\\" 裙","list":[1,null,null]}',
    );
  });
});
