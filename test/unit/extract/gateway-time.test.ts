import fc from 'fast-check';
import { expect, it } from 'vitest';
import { parseGatewayTime } from '../../../src/extract/gateway-time.ts';

it.each([
  ['20261010164552223+0800', '2026-10-10T08:45:52.223Z'],
  ['20121222222222+0800', '2012-12-22T14:22:22.000Z'],
  ['20240229000000000+0000', '2024-02-29T00:00:00.000Z'],
  ['20240101000000-0530', '2024-01-01T05:30:00.000Z'],
])('%s is %s', (text, iso) => {
  expect(parseGatewayTime(text)?.toISOString()).toBe(iso);
});

it.each([
  '',
  '20261010',
  '20230229000000+0800',
  '20261310000000+0800',
  '20261010250000+0800',
  '20261010164552+9900',
  '2026-10-10',
  'x',
])('"%s" is no time', (text) => {
  expect(parseGatewayTime(text)).toBeNull();
});

it('every instant of four-digit years comes back from its compact form', () => {
  const years = {
    min: new Date('1000-01-01T00:00:00Z'),
    max: new Date('9999-12-31T00:00:00Z'),
    noInvalidDate: true,
  };
  fc.assert(
    fc.property(fc.date(years), (date) => {
      const local = new Date(date.getTime() + 8 * 3_600_000).toISOString().replace(/\D/g, '');
      expect(parseGatewayTime(`${local}+0800`)).toEqual(date);
    }),
  );
});
