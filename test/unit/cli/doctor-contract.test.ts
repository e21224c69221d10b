import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { printContract } from '../../../src/cli/doctor/print-contract.ts';
import { printReport } from '../../../src/cli/doctor/print-report.ts';
import type { Session } from '../../../src/app/session.ts';
import type { ContractReport } from '../../../src/health/contract/check-contract.ts';
import { misconfigured, ok, skip } from '../../../src/health/doctor/check.ts';
import { createProject, createWorld } from '../../support/in-process.ts';
import { textRows } from '../../support/text-rows.ts';

const place = (name: string, isAsAssumed: boolean, count: number) => ({
  ...{ place: name, assumed: 'text', came: isAsAssumed ? 'text' : 'number', count, isAsAssumed },
});
const answer = { question: 'detail', assumes: 'Prices', changes: 'Prices are read anew.', isAsked: true };
const kept = { ...answer, question: 'tree', reason: null, findings: [place('id', true, 1)] };
const report = (answers: ContractReport['answers']): ContractReport => ({
  ...{ askedAt: '2026-11-25T00:00:00Z', source: 'sandbox', callsMade: 3, answers },
});
const differing = report([
  {
    ...answer,
    reason: null,
    findings: [place('price', false, 7), place('stock', true, 1), place('sku', false, 8)],
  },
  kept,
  { ...answer, question: 'image', isAsked: false, reason: 'not asked', findings: [] },
]);

function print(contract: ContractReport, isJson = false) {
  const dir = createProject();
  const { context } = createWorld({ cwd: dir, columns: 60 });
  const printed: string[] = [];
  const session = { context, isJson, print: (line: string) => void printed.push(line) };
  printContract(session as unknown as Session, dir, contract);
  return { printed, dir, session };
}

it('each question has what came, then each difference, then what it changes', () => {
  const { printed } = print(differing);
  expect(printed).toHaveLength(2);
  const [overview, differences, changes, ...others] = (printed[0] ?? '').split('\n\n');
  expect(textRows(overview)).toEqual([
    ['question', 'what came'],
    ['detail', '1 of 3 places as assumed'],
    ['tree', '1 of 1 places as assumed'],
    ['image', 'not asked'],
  ]);
  expect(textRows(differences)).toEqual([
    ['question', 'place', 'assumed', 'came (values)'],
    ['detail', 'price', 'text', 'number (7)'],
    ['detail', 'sku', 'text', 'number (8)'],
  ]);
  expect(changes).toBe('detail: Prices are read anew. docs/1688.md: "Prices".\n');
  expect(others).toEqual([]);
  expect(printed[1]).toMatch(/^3 calls made; written to \S+\.json\n$/);
});

it('without a difference there is only the overview', () => {
  expect(print(report([kept])).printed[0]?.split('\n\n')).toHaveLength(1);
});

it('the file has all of it, for its owner only; as data, nothing else is printed', () => {
  const { printed, dir } = print(differing, true);
  expect(printed).toEqual([]);
  const name = /written to (\S+)\n/.exec(print(differing).printed[1] ?? '')?.[1] ?? '';
  expect(JSON.parse(readFileSync(join(dir, name), 'utf8'))).toEqual(differing);
  expect(statSync(join(dir, name)).mode & 0o777).toBe(0o600);
});

it('the report of a doctor has the contract where it was asked, and each check as it is', () => {
  const { printed, session } = print(differing, true);
  const checks = [{ ...ok('a', 'b'), more: 1 }];
  printReport(session, checks, differing, false);
  printReport(session, checks, null, false);
  const [withIt, without] = printed.map((line) => JSON.parse(line) as Record<string, unknown>);
  expect(Object.keys(withIt ?? {})).toEqual(['checks', 'contract', 'apiNames', 'next']);
  expect(withIt).toMatchObject({ contract: { callsMade: 3 } });
  expect(Object.keys(without ?? {})).toEqual(['checks', 'apiNames', 'next']);
  expect(without?.['checks']).toEqual([{ name: 'a', status: 'ok', message: 'b', advice: null }]);
});

it('a check of several lines keeps them, beside its status, wrapped for the terminal', () => {
  const { printed, session } = print(differing);
  printed.length = 0;
  const long = 'this line of a sync file is longer than a terminal of sixty columns is';
  printReport(session, [misconfigured('sync file', `${long}\nline 2`, 'mend it'), skip('x', '')], null, true);
  expect(printed.slice(0, 2)).toEqual([
    `fail  sync file: this line of a sync file is longer than a
      terminal of sixty columns is
      line 2
      -> mend it`,
    'skip  x:',
  ]);
  expect(printed[2]).toMatch(
    /^\nAPI names of the registration guide:\n {2}alibaba\.category\.get ->\n {6}com\.alibaba\S+\n {6}This name is real[^]*\n\nNext: /,
  );
  expect(Math.max(...(printed[2] ?? '').split('\n').map(({ length }) => length))).toBeLessThanOrEqual(100);
});
