import { expect, it } from 'vitest';
import {
  adviseOnEstimate,
  assumedSentences,
  estimateVolumes,
  formatEstimate,
  type VolumeEstimate,
} from '../../../src/cli/format-estimate.ts';
import { parseSyncFile } from '../../../src/config/parse-sync-file.ts';
import { textRows } from '../../support/text-rows.ts';

const row: VolumeEstimate = {
  ...{ operation: 'offer.detail', firstPass: 1200, daily: 1100, monthly: 34_100, api: 'a:x:1' },
  ...{ allowedDaily: 1100, allowedMonthly: 34_100, firstPassDays: 2 },
};
const idle: VolumeEstimate = {
  ...{ ...row, operation: 'search.image', firstPass: 0, allowedDaily: null, allowedMonthly: null },
  ...{ firstPassDays: null, api: 'a:y:1' },
};

it('volumes are a table, what to apply for, and what it rests on', () => {
  const [table, asked, ...others] = formatEstimate([row, idle, { ...row, firstPass: 1 }], 1000).split('\n\n');
  expect(textRows(table)).toEqual([
    ['operation', 'once', 'a day', 'allowed', 'a month', 'allowed', 'days for once'],
    ['offer.detail', '1,200', '1,100', '1,100', '34,100', '34,100', '2'],
    ['search.image', '0', '1,100', '-', '34,100', '-', '-'],
    ['offer.detail', '1', '1,100', '1,100', '34,100', '34,100', '2'],
  ]);
  const form = '  a:x:1\n      1,100 a day, 34,100 a month';
  expect(asked).toBe(`For the permission forms:\n${form}\n${form}`);
  expect(others).toEqual([assumedSentences.map((sentence) => `- ${sentence}`).join('\n')]);
});

it.each([
  ['fit', {}, false],
  ['are more than a day allows', { daily: 1101 }, true],
  ['are more than a month allows', { monthly: 34_101 }, true],
  ['have no limit', { allowedDaily: null, allowedMonthly: null }, false],
])('volumes that %s', (_, changed, isShort) => {
  const advice = adviseOnEstimate([row, { ...row, ...changed }]);
  expect(advice?.startsWith('More than the limit: apply for more calls') ?? false).toBe(isShort);
});

it('what is allowed is approved, number by number, or the preset of the account', () => {
  const volumes = (account: string, quotas: string) =>
    estimateVolumes(
      parseSyncFile(`account: ${account}\nfeeds: [{ name: a, offers: ["1", "2", "3"] }]\n${quotas}`, 'f'),
    ).find(({ operation }) => operation === 'offer.detail');
  expect(volumes('personal', '')).toMatchObject({
    ...{ firstPass: 3, allowedDaily: 500, allowedMonthly: 15_000, firstPassDays: 1 },
  });
  const approved = (calls: string) => `quotas: { approved: { offer.detail: ${calls} } }\n`;
  expect(volumes('personal', approved('{ daily: 2 }'))).toMatchObject({
    ...{ allowedDaily: 2, allowedMonthly: 15_000, firstPassDays: 2 },
  });
  expect(volumes('personal', approved('{ monthly: 9 }'))).toMatchObject({
    ...{ allowedDaily: 500, allowedMonthly: 9, firstPassDays: 1 },
  });
});
