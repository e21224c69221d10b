import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseDate } from '../../../../src/transform/values/parse-date.ts';

describe('parseDate', () => {
  it.each([
    ['2024-04-20 08:00:00', '2024-04-20T00:00:00.000Z'],
    ['2022-03-21', '2022-03-20T16:00:00.000Z'],
    ['2024-02-29', '2024-02-28T16:00:00.000Z'],
    ['20181213201638000+0800', '2018-12-13T12:16:38.000Z'],
    ['20181213201638250+0800', '2018-12-13T12:16:38.250Z'],
    ['20121222222222+0800', '2012-12-22T14:22:22.000Z'],
    ['20121222222222-0330', '2012-12-23T01:52:22.000Z'],
    ['20121222222222+0859', '2012-12-22T13:23:22.000Z'],
    ['20121222222222+1400', '2012-12-22T08:22:22.000Z'],
    ['1970-01-02', '1970-01-01T16:00:00.000Z'],
    ['2199-12-31', '2199-12-30T16:00:00.000Z'],
    [1564984329147, '2019-08-05T05:52:09.147Z'],
    ['1564984329147', '2019-08-05T05:52:09.147Z'],
    ['946656000000', '1999-12-31T16:00:00.000Z'],
  ])('%j is %s', (value, instant) => {
    expect(parseDate(value)).toBe(instant);
  });

  it.each([
    '2023-02-29',
    '2024-04-31',
    '2024-13-01',
    '2024-00-10',
    '2024-01-00',
    '2024-01-01 24:00:00',
    '2024-01-01 23:60:00',
    '2024-01-01 23:59:60',
    '0000-00-00 00:00:00',
    '0075-01-01',
    '1970-01-01',
    '2200-01-02',
    '9999-12-31',
  ])('%s is on no calendar of the platform', (value) => {
    expect(parseDate(value)).toBeNull();
  });

  it.each([
    '',
    'yesterday',
    '2024/04/20',
    '2024-4-2',
    '2024-04-20T08:00:00Z',
    '20240420',
    '20121222222222',
    '20121222222222+9900',
    '20121222222222+0860',
    '20121222222222+1401',
    '1564984329',
    '99999999999999',
    17,
    -1,
    1.5,
    true,
    null,
    [2024],
  ])('%j is no date', (value) => {
    expect(parseDate(value)).toBeNull();
  });

  it('reads every instant alike from each form', () => {
    const noInvalid = { min: new Date('1990-01-01'), max: new Date('2100-01-01'), noInvalidDate: true };
    fc.assert(
      fc.property(fc.date(noInvalid), (date) => {
        const instant = date.toISOString();
        const digits = new Date(date.getTime() + 8 * 3_600_000).toISOString().replace(/\D/g, '');
        expect(parseDate(date.getTime())).toBe(instant);
        expect(parseDate(`${digits}+0800`)).toBe(instant);
      }),
    );
  });
});
