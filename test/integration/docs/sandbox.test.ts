import { afterAll, beforeAll, expect, test } from 'vitest';
import { defaultNature } from '../../../src/sandbox/world/nature.ts';
import type { Sandbox } from '../../../src/sandbox/create-sandbox.ts';
import { startTestSandbox } from '../../support/sandbox.ts';
import { codeBlocks, codeWords, readText, tableRows } from '../../support/doc-files.ts';
import { shellWords } from '../../support/known-commands.ts';
import { readCurl } from '../../support/read-curl.ts';

const page = 'docs/sandbox.md';
const requests = codeBlocks(page)
  .flatMap(({ text }) => text.split('\n'))
  .filter((line) => line.startsWith('curl '))
  .map((line) => ({ line, ...readCurl(shellWords(line).slice(1)) }));

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await startTestSandbox();
});
afterAll(() => sandbox.close());

test('the requests of docs/sandbox.md, sent one after the other, are carried out', async () => {
  expect(requests.length).toBeGreaterThan(8);
  for (const { line, url, method, body } of requests) {
    const here = new URL(url.pathname + url.search, sandbox.url);
    const response = await fetch(here, method === 'POST' ? { method, body } : {});
    expect(response.status, `${line}\n${await response.text()}`).toBe(200);
  }
});

test('each address in the table of docs/sandbox.md is in one of its requests, and the other way round', () => {
  const listed = tableRows(readText(page))
    .map(([cell = '']) => `${cell.split(' ')[0] ?? ''} ${codeWords(cell)[0] ?? ''}`)
    .filter((address) => address.includes('/_sandbox/'));
  const sent = new Set(requests.map(({ method, url }) => `${method} ${url.pathname}`));
  expect(listed.toSorted()).toEqual([...sent].toSorted());
});

test('the shares in docs/sandbox.md are those of the sandbox, with their defaults', () => {
  const listed = tableRows(readText(page)).flatMap(([name = '', share = '']) =>
    /^\d/.test(share) ? [[codeWords(name)[0], Number(share)]] : [],
  );
  expect(Object.fromEntries(listed)).toEqual(defaultNature);
});
