import { expect, test } from 'vitest';
import { runCli } from '../../src/cli/main.ts';
import { createProject, createWorld } from './in-process.ts';

const small = 'account: personal\nfeeds: [{ name: a, keywords: [包], max_pages: 2, max_offers: 90 }]\n';
const large = 'account: personal\nfeeds: [{ name: a, categories: ["0"] }]\n';

async function plan(syncFile: string, ...flags: string[]) {
  const { context, stdout, stderr } = createWorld({ cwd: createProject({ 'catalog-sync.yaml': syncFile }) });
  const exitCode = await runCli(['plan', ...flags], context);
  return { exitCode, out: stdout.text, err: stderr.text };
}

test('a plan that fits has nothing to say beside its numbers', async () => {
  const { exitCode, out, err } = await plan(small);
  expect({ exitCode, err }).toEqual({ exitCode: 0, err: '' });
  expect(out).toMatch(/^offer\.detail +90 +90 +500 +1$/m);
  expect(out).not.toContain('a month');
});

test('a month is what to write into the forms, by the real names of the APIs', async () => {
  const { out } = await plan(small, '--monthly');
  expect(out).toMatch(/^offer\.detail +90 +90 +500 +2,790 +15,000 +1$/m);
  expect(out).toMatch(/crossborder:product\.search\.queryProductDetail:1\n +90 a day, 2,790 a month/);
  expect(out).not.toContain('alibaba.category.get');
});

test('a plan that does not fit says what can be done', async () => {
  const { exitCode, err } = await plan(large);
  expect(exitCode).toBe(0);
  expect(err).toContain('ask for more');
});

test('approved volumes replace the assumed ones', async () => {
  const { out } = await plan(`${small}quotas: { approved: { offer.detail: { daily: 30 } } }\n`, '--json');
  const { volumes } = JSON.parse(out) as { volumes: Record<string, unknown>[] };
  expect(volumes.find((row) => row['operation'] === 'offer.detail')).toMatchObject({
    allowedDaily: 30,
    firstPassDays: 3,
  });
});

test('without a sync file it says which one to copy, and exits 4', async () => {
  const { context, stderr } = createWorld();
  expect(await runCli(['plan'], context)).toBe(4);
  expect(stderr.text).toContain('copy catalog-sync.example.yaml');
});
