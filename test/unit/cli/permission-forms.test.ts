import { expect, test } from 'vitest';
import { runCli } from '../../../src/cli/main.ts';
import { formTexts } from '../../../src/cli/permissions/form-texts.ts';
import { apiOperations } from '../../../src/model/known-apis.ts';
import { createProject, createWorld } from '../../support/in-process.ts';

const syncFile = `account: personal
feeds: [{ name: a, keywords: [包], max_pages: 2, max_offers: 90, images: [bag.jpg] }]
`;

async function apply(text: string, ...flags: string[]) {
  const { context, stdout, stderr } = createWorld({ cwd: createProject({ 'catalog-sync.yaml': text }) });
  const exitCode = await runCli(['permissions', 'apply', ...flags], context);
  return { exitCode, out: stdout.text, err: stderr.text };
}

test('the forms have the real names, Chinese texts and the volumes of the plan, without keys or a database', async () => {
  const { exitCode, out } = await apply(syncFile);
  expect(exitCode).toBe(0);
  expect(out.match(/^\S+ \(.*\)$/gm)).toEqual([
    'product.search.keywordQuery (search.keyword)',
    'product.search.imageQuery (search.image)',
    'product.image.upload (image.upload)',
    'product.search.queryProductDetail (offer.detail)',
  ]);
  expect(out).toMatch(
    /^ {2}API \(API名称\):\n {4}com\.alibaba\.fenxiao\.crossborder:product\.search\.queryProductDetail:1$/m,
  );
  // As `plan --monthly` has it: 90 offers a day, and a month of 31 days.
  expect(out).toMatch(/预计调用量\):\n {4}每日调用量：90次；每月调用量：2790次$/m);
  expect(out).toMatch(/^ {2}Reason \(申请原因\):\n {4}[^\n]*\p{Script=Han}{10}/mu);
  expect(out).toMatch(/^ {2}Scenario \(使用场景\):\n {4}[^\n]*\p{Script=Han}{10}/mu);
});

test('one API can be named by operation, by its name, or by the name that guides have', async () => {
  for (const name of ['offer.detail', 'product.search.queryProductDetail', 'alibaba.cross.detail']) {
    const { out } = await apply(syncFile, name, '--json');
    const forms = JSON.parse(out) as { operation: string; daily: number; monthly: number }[];
    expect(forms).toMatchObject([{ operation: 'offer.detail', daily: 90, monthly: 2790 }]);
  }
});

test.each([
  ['nonsense', 'there is no API nonsense'],
  ['search.seller', 'needs no call of search.seller'],
])('an API that is not needed or not known is a usage error: %s', async (name, message) => {
  const { exitCode, err } = await apply(syncFile, name);
  expect(exitCode).toBe(2);
  expect(err).toContain(message);
});

test('each API has a reason and a scenario of a length that forms take', () => {
  expect(Object.keys(formTexts)).toEqual(expect.arrayContaining(apiOperations));
  for (const { reason, scenario } of Object.values(formTexts))
    for (const text of [reason, scenario]) {
      expect(text).toMatch(/^[^A-Za-z\n]+。$/);
      expect(text.length).toBeGreaterThan(20);
      expect(text.length).toBeLessThan(200);
    }
});
