import { chmodSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createPseudonyms, readPseudonymKey } from '../../../../src/cli/record/pseudonyms.ts';
import { recordAnswer } from '../../../../src/cli/record/recording.ts';
import { redact } from '../../../../src/cli/record/redact.ts';
import type { OperationRequest } from '../../../../src/model/operation.ts';
import type { StoredAnswer } from '../../../../src/model/ledger.ts';
import { wireList, wireObject } from '../../../../src/transform/wire/wire-shape.ts';
import { createProject } from '../../../support/in-process.ts';

const key = Buffer.alloc(32, 1);
const name = createPseudonyms(key);

describe('a pseudonym', () => {
  it('has the form of its kind, and is the same for the same value and key only', () => {
    expect(name('name', 'a')).toMatch(/^商家[\da-f]{12}$/);
    expect(name('address', 'a')).toMatch(/^地址[\da-f]{12}$/);
    expect(name('id', 'a')).toMatch(/^BBB[\da-f]{12}$/);
    expect(name('url', 'a')).toMatch(/^https:\/\/example\.invalid\/[\da-f]{12}$/);
    expect(name('photo', 'a')).toMatch(/^https:\/\/cbu01\.alicdn\.com\/img\/ibank\/[\da-f]{12}\.jpg$/);
    expect(createPseudonyms(key)('id', 'a')).toBe(name('id', 'a'));
    const others = [name('id', 'b'), createPseudonyms(Buffer.alloc(32, 2))('id', 'a')];
    expect(new Set([name('id', 'a'), ...others]).size).toBe(3);
    expect(name('name', 'a').slice(2)).not.toBe(name('id', 'a').slice(3));
  });
});

describe('the key of a project', () => {
  const fileOf = (dir: string) => join(dir, '.catalog-sync', 'record.key');

  it('is made once, for its owner only', () => {
    const dir = createProject();
    const made = readPseudonymKey(dir);
    expect(made).toHaveLength(32);
    expect(readFileSync(fileOf(dir), 'utf8')).toBe(made.toString('hex'));
    expect(statSync(fileOf(dir)).mode & 0o777).toBe(0o600);
    expect(readPseudonymKey(dir)).toEqual(made);
    expect(readPseudonymKey(createProject())).not.toEqual(made);
  });

  it.each([
    ['', 'is empty; nothing was recorded'],
    ['ab', 'is no key of 64 hex digits; nothing was recorded'],
    [`${'a'.repeat(63)}g`, 'is no key of 64 hex digits; nothing was recorded'],
  ])('of the text "%s" is refused', (text, why) => {
    const dir = createProject();
    mkdirSync(join(dir, '.catalog-sync'));
    writeFileSync(fileOf(dir), text);
    expect(() => readPseudonymKey(dir)).toThrow(`${fileOf(dir)} ${why}`);
  });

  it('may have capitals and a line end, and must be a file', () => {
    const dir = createProject();
    mkdirSync(join(dir, '.catalog-sync'));
    writeFileSync(fileOf(dir), `${'AB'.repeat(32)}\n`);
    chmodSync(fileOf(dir), 0o400);
    expect(readPseudonymKey(dir)).toEqual(Buffer.alloc(32, 0xab));
    const other = createProject();
    mkdirSync(fileOf(other), { recursive: true });
    expect(() => readPseudonymKey(other)).toThrow(/can't be read \(.+\); nothing was recorded/);
  });
});

describe('what is taken out', () => {
  const shape = wireObject({
    ...{ companyName: 'text', description: 'text', subject: 'text', count: 'number', any: 'anything' },
    list: wireList(wireObject({ companyName: 'text' })),
    inner: wireObject({ subject: 'text' }),
  });

  it('is counted by its field, and named by its place', () => {
    const answer = {
      ...{ companyName: '甲', description: 'x', subject: 'mail a@b.cn', count: 'one', any: { a: 1 }, b: 2 },
      ...{ list: [{ companyName: '甲', c: 1 }, { companyName: '' }, 7, null], inner: [] },
    };
    expect(redact(answer, shape, name)).toEqual({
      value: {
        ...{ companyName: name('name', '甲'), description: '[removed]', subject: 'mail [email]' },
        ...{ count: 'one', any: null, inner: null },
        list: [{ companyName: name('name', '甲') }, { companyName: '' }, null, null],
      },
      replaced: { companyName: 2, description: 1 },
      leftOut: ['any', 'b', 'inner', 'list[]', 'list[].c'],
    });
  });

  it('may be the whole answer', () => {
    expect(redact('text', shape, name)).toEqual({ value: null, replaced: {}, leftOut: ['$'] });
    expect(redact({}, wireList('text'), name).leftOut).toEqual(['$']);
    expect(redact(null, shape, name)).toEqual({ value: null, replaced: {}, leftOut: [] });
  });
});

it('a request keeps neither the picture nor the account that it names', () => {
  const page = { priceMinCny: null, priceMaxCny: null, page: 1, pageSize: 50, language: 'en' } as const;
  const of = (queryImage: object) => {
    const request = { operation: 'search.image', queryImage, ...page } as OperationRequest;
    const body = '{"result":{"success":"true","result":{"data":[],"totalRecords":0}}}';
    const { text } = recordAnswer(
      { request, httpStatus: 200, body: Buffer.from(body) } as StoredAnswer,
      name,
    );
    return (JSON.parse(text) as { request: { queryImage: unknown; page: unknown } }).request;
  };
  expect(of({ kind: 'uploaded', imageId: '77' })).toEqual({
    ...{ operation: 'search.image', ...page },
    queryImage: { kind: 'uploaded', imageId: name('id', '77') },
  });
  expect(of({ kind: 'address', url: 'https://cbu01.alicdn.com/a!!123456.jpg' }).queryImage).toEqual({
    ...{ kind: 'address', url: 'https://cbu01.alicdn.com/a!!0.jpg' },
  });
});
