import { describe, expect, it } from 'vitest';
import { Command, CommanderError } from 'commander';
import { choose, type InitFlags } from '../../../../src/cli/init/choose.ts';
import { parseApproved } from '../../../../src/cli/init/parse-approved.ts';
import { createWorld } from '../../../support/in-process.ts';

/** What is chosen by flags and typed lines, and what was asked. */
async function chooseBy(flags: InitFlags, typed?: string, asksKeys = true) {
  const { context, stderr } = createWorld(typed === undefined ? {} : { typed });
  const self = new Command('init').exitOverride().configureOutput({ writeErr: (text) => stderr.write(text) });
  const choices = await choose({ context }, { flags, asksKeys }, self).catch((error: unknown) => {
    if (error instanceof CommanderError) return null;
    throw error;
  });
  const questions = [
    'Type of your',
    'Calls a day',
    'Calls a month',
    'Keywords to',
    'Categories by',
    'App Key (',
    'App Secret,',
  ];
  return { choices, err: stderr.text, asked: questions.filter((question) => stderr.text.includes(question)) };
}

const needed = ['category.children', 'search.keyword', 'offer.detail'];
const ofAll = (daily: number | null, monthly: number | null) =>
  Object.fromEntries(needed.map((operation) => [operation, { daily, monthly }]));
const said: InitFlags = { account: 'personal', keyword: ['包', '包'] };

describe('by flags', () => {
  it('each keyword and category counts once, and nothing is approved that is not said', async () => {
    expect(await chooseBy({ ...said, category: ['54', '54', '0'] })).toEqual({
      choices: {
        ...{ account: 'personal', approved: {}, keywords: ['包'], categories: ['54', '0'] },
        ...{ appKey: '', appSecret: '' },
      },
      ...{ err: '', asked: [] },
    });
    const { choices } = await chooseBy({ account: 'business', category: ['54'], appKey: '7' });
    expect(choices).toMatchObject({ account: 'business', keywords: [], categories: ['54'], appKey: '7' });
  });

  it.each<[InitFlags, object]>([
    [{ daily: 5 }, ofAll(5, null)],
    [{ monthly: 90 }, ofAll(null, 90)],
    [{ daily: 5, monthly: 90 }, ofAll(5, 90)],
    [
      { daily: 5, approved: { 'offer.detail': { daily: 7, monthly: null } } },
      { ...ofAll(5, null), 'offer.detail': { daily: 7, monthly: null } },
    ],
    [
      { approved: { 'offer.detail': { daily: 7, monthly: 8 } } },
      { 'offer.detail': { daily: 7, monthly: 8 } },
    ],
  ])('%j is what is approved', async (flags, approved) => {
    expect((await chooseBy({ ...said, ...flags })).choices?.approved).toEqual(approved);
  });

  it.each<[InitFlags, string]>([
    [{}, 'give --account personal|business and --keyword or --category'],
    [{ account: 'personal' }, 'give --keyword or --category'],
    [{ keyword: ['a'] }, 'give --account personal|business'],
    [{ category: ['5'] }, 'give --account personal|business'],
    [{ ...said, keyword: ['a', ''] }, 'a keyword has 1 to 100 characters, and no control characters'],
    [{ ...said, keyword: ['x'.repeat(101)] }, 'a keyword has 1 to 100 characters, and no control characters'],
  ])('%j is refused', async (flags, why) => {
    const { choices, err } = await chooseBy(flags);
    expect(choices).toBeNull();
    expect(err).toContain(why);
    expect(err).toMatch(/^error: [^\n]+\n$/);
  });
});

describe('at a terminal', () => {
  it.each<[string, InitFlags, string, string[]]>([
    [
      'all of it',
      {},
      '\n\n\n包\n\n7\ns\n',
      ['Type', 'Calls', 'Calls', 'Keywords', 'Categories', 'App', 'App'],
    ],
    ['no secret without a key', { ...said, daily: 5 }, '\n', ['App']],
    ['no key that is said', { ...said, daily: 5, appKey: '7' }, 's\n', ['App']],
    ['no volume where one is said', { ...said, monthly: 5 }, '\n', ['App']],
    ['nor where one of an API is', { ...said, approved: {} }, '\n', ['App']],
    ['no feeds where a category is said', { account: 'personal', category: ['5'], daily: 1 }, '\n', ['App']],
  ])('it asks %s', async (_, flags, typed, asked) => {
    const { choices, asked: questions } = await chooseBy(flags, typed);
    expect(choices).not.toBeNull();
    expect(questions.map((question) => question.split(' ')[0])).toEqual(asked);
  });

  it('it asks nothing with --yes, and for no keys that are there', async () => {
    expect((await chooseBy({ ...said, yes: true }, '')).asked).toEqual([]);
    expect((await chooseBy({ ...said, daily: 5 }, '', false)).asked).toEqual([]);
    expect((await chooseBy({ yes: true }, '')).choices).toBeNull();
  });

  it.each([
    ['p', 'personal'],
    ['BUS', 'business'],
    ['', 'personal'],
  ])('"%s" is the account %s', async (typed, account) => {
    const { choices } = await chooseBy({ keyword: ['a'], daily: 5 }, `${typed}\n\n`);
    expect(choices?.account).toBe(account);
  });

  it('the assumed volumes are said, and Enter takes them', async () => {
    const personal = await chooseBy(said, '\n\n\n');
    expect(personal.err).toContain('Calls a day that 1688 approved for each API (Enter: 500, assumed): ');
    expect(personal.err).toContain(
      'Calls a month that 1688 approved for each API (Enter: 15,000, assumed): ',
    );
    expect(personal.choices?.approved).toEqual({});
    const business = await chooseBy({ ...said, account: 'business' }, '\n1_000 000\n\n');
    expect(business.err).toContain('(Enter: 10,000, assumed)');
    expect(business.choices?.approved).toEqual(ofAll(null, 1_000_000));
    expect((await chooseBy(said, '7\n\n\n')).choices?.approved).toEqual(ofAll(7, null));
  });

  it('a list may have any comma, and each item once', async () => {
    const typed = `a,b，a;c；, d \n5,0,5\n\n`;
    const { choices } = await chooseBy({ account: 'personal', daily: 5 }, typed);
    expect(choices).toMatchObject({ keywords: ['a', 'b', 'c', 'd'], categories: ['5', '0'] });
  });

  it('what can not be is asked for again', async () => {
    const long = 'x'.repeat(101);
    const lines = [
      ...['x', 'personal', '0', '1000000000', '999999999', '', long, '', '', long.slice(1), ''],
      ...['k'.repeat(65), 'k'.repeat(64), 's'.repeat(65), 's'.repeat(64)],
    ];
    const { choices, err } = await chooseBy({}, lines.map((line) => `${line}\n`).join(''));
    expect(choices).toMatchObject({
      ...{ approved: ofAll(999_999_999, null), keywords: [long.slice(1)], categories: [] },
      ...{ appKey: 'k'.repeat(64), appSecret: 's'.repeat(64) },
    });
    const count = (text: string) => err.split(text).length - 1;
    expect([
      ...[count('Type personal or business.'), count('Type a number of calls, 1 or more.')],
      ...[count('at most 100 characters.'), count('Name at least one keyword or category.')],
      ...[count('letters and digits only.'), count('no quotes or spaces.')],
    ]).toEqual([1, 2, 1, 1, 1, 1]);
  });
});

it.each([
  ['offer.detail=1000', { daily: 1000, monthly: null }],
  ['offer.detail=1/999999999', { daily: 1, monthly: 999_999_999 }],
])('%s is what is approved of one API, beside those before', (text, volumes) => {
  const before = { 'search.keyword': { daily: 1, monthly: null } };
  expect(parseApproved(text, before)).toEqual({ ...before, 'offer.detail': volumes });
});

it.each([
  'offer.detail',
  'offer.detail=',
  'offer.detail=0',
  'offer.detail=1/0',
  'offer.x=1',
  'offer.detail=1/2/3',
])('%s is none', (text) => {
  expect(() => parseApproved(text)).toThrow('Give operation=daily/monthly, like offer.detail=1000/30000.');
});
