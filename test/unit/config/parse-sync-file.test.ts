import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import fc from 'fast-check';
import { format } from 'prettier';
import { describe, expect, test } from 'vitest';
import { guideNames } from '../../../src/extract/endpoints/guide-names.ts';
import { guideApiNames } from '../../../src/model/guide-api-names.ts';
import { parseSyncFile } from '../../../src/config/parse-sync-file.ts';
import { syncFileJsonSchema } from '../../../src/config/sync-config-schema.ts';
import { problemsOf } from '../../support/sync-file-problems.ts';

const root = resolve(import.meta.dirname, '../../..');
const minimal = 'account: personal\nfeeds:\n  - name: bags\n    categories: ["54"]\n';

describe('a good file', () => {
  test('gets its defaults', () => {
    expect(parseSyncFile(minimal, 'f.yaml')).toEqual({
      account: 'personal',
      language: 'en',
      pageSize: 50,
      feeds: [
        {
          name: 'bags',
          categories: ['54'],
          keywords: [],
          sellers: [],
          images: [],
          offers: [],
          maxOffers: null,
          maxPages: null,
          priceMinCny: null,
          priceMaxCny: null,
          weight: 1,
          boosts: [],
          offersFile: null,
        },
      ],
      freshness: { categoryMs: 604_800_000, searchMs: 72_000_000, detailMs: 72_000_000 },
      retention: {
        rawMs: 90 * 86_400_000,
        callsMs: 800 * 86_400_000,
        observationsMs: 800 * 86_400_000,
        searchHitsMs: 400 * 86_400_000,
        slotsMs: 400 * 86_400_000,
        observationStatsMs: 400 * 86_400_000,
        actionsMs: 800 * 86_400_000,
      },
      quotas: { perSecond: 4, approved: {}, groups: [] },
      apis: {},
      schedules: [],
      trackers: [],
    });
  });

  test('has promised ages, of searches with a bound and of watch lists without', () => {
    const feeds = [
      '{ name: a, keywords: [x], max_offers: 9, max_age: 30m }',
      '{ name: b, offers: [1], max_age: 7d }',
    ];
    const parsed = parseSyncFile(`account: personal\nfeeds: [${feeds.join(', ')}]`, 'f.yaml').feeds;
    expect(parsed.map(({ maxAgeMs }) => maxAgeMs)).toEqual([30 * 60_000, 7 * 86_400_000]);
  });

  test('has trackers with their conditions', () => {
    const tracker =
      '{ name: cheap, feed: bags, price_down_percent: 2.5, price_below_cny: 20, events: [relisted] }';
    expect(parseSyncFile(`${minimal}trackers: [${tracker}]`, 'f.yaml').trackers).toEqual([
      {
        ...{ name: 'cheap', feed: 'bags', offers: [], priceDownPercent: 2.5, priceUpPercent: null },
        ...{ priceBelowCny: '20', events: ['relisted'] },
      },
    ]);
  });

  test('chooses APIs by their own names, those of guides, or by address', () => {
    const apisOf = (apis: string) => parseSyncFile(`${minimal}apis: ${apis}`, 'f.yaml').apis;
    expect(apisOf('{ category.children: category.translation.getById }')).toEqual({
      'category.children': { speaks: 'category.translation.getById', address: null },
    });
    expect(apisOf('{ alibaba.cross.search: alibaba.product.search }')).toEqual({
      'search.keyword': { speaks: 'product.search.keywordQuery', address: null },
    });
    expect(apisOf('{ offer.detail: "com.x:my.detail:2" }')).toEqual({
      'offer.detail': {
        speaks: 'product.search.queryProductDetail',
        address: { namespace: 'com.x', name: 'my.detail', version: '2' },
      },
    });
    expect(apisOf('{ category.children: "com.x:category.translation.getById:2" }')).toMatchObject({
      'category.children': { speaks: 'category.translation.getById', address: { version: '2' } },
    });
  });

  test('follows sellers and pictures', () => {
    const feed = `{ name: x, sellers: [' BBB1 '], images: [a/b.jpg, 'https://cbu01.alicdn.com/1.jpg'] }`;
    expect(parseSyncFile(`account: personal\nfeeds: [${feed}]`, 'f.yaml').feeds[0]).toMatchObject({
      sellers: ['BBB1'],
      images: ['a/b.jpg', 'https://cbu01.alicdn.com/1.jpg'],
    });
  });

  test('is the shipped example', () => {
    const config = parseSyncFile(readFileSync(resolve(root, 'catalog-sync.example.yaml'), 'utf8'), 'example');
    expect(config.feeds.map((feed) => feed.name)).toEqual(['bags', 'phone-cases']);
    expect(config.feeds[1]?.priceMinCny).toBe('1.5');
    expect(config.quotas.approved['search.keyword']).toEqual({ daily: 500, monthly: 15_000 });
    expect(config.schedules[0]).toMatchObject({
      timezone: 'Asia/Shanghai',
      missed: 'once',
      budgetCalls: 400,
    });
  });

  test('keeps every digit of an unquoted id', () => {
    const { feeds } = parseSyncFile(minimal.replace('"54"', '9007199254740993, 7'), 'f.yaml');
    expect(feeds[0]?.categories).toEqual(['9007199254740993', '7']);
  });

  test('gives keywords in one Unicode form, without outer spaces', () => {
    const { feeds } = parseSyncFile(`${minimal}    keywords: [" cafe\u0301 "]\n`, 'f.yaml');
    expect(feeds[0]?.keywords).toEqual(['caf\u00e9']);
  });

  test('may call an operation by a name of the registration guide', () => {
    const text = `${minimal}quotas: { approved: { alibaba.cross.detail: { daily: 9 } } }`;
    expect(parseSyncFile(text, 'f.yaml').quotas.approved).toEqual({
      'offer.detail': { daily: 9, monthly: null },
    });
  });

  test('lets APIs share a volume', () => {
    const group = '{ name: search, operations: [search.keyword, alibaba.cross.detail], daily: 900 }';
    expect(parseSyncFile(`${minimal}quotas: { groups: [${group}] }`, 'f.yaml').quotas.groups).toEqual([
      { name: 'search', operations: ['search.keyword', 'offer.detail'], daily: 900, monthly: null },
    ]);
  });

  test('gives a schedule without feeds all of them', () => {
    const { schedules } = parseSyncFile(`${minimal}schedules: [{ name: n, cron: 0 3 * * 1-5 }]`, 'f.yaml');
    expect(schedules[0]?.feeds).toEqual(['bags']);
  });
});

describe('a bad file', () => {
  test('has every problem listed by line and column, in the order of the file', () => {
    const text = [
      'acount: personal',
      'language: kr',
      'feeds:',
      '  - name: Big Bags',
      '    keywords: [a, " a", 12]',
      '    max_pages: 41',
      '    price_min_cny: 10',
      '    price_max_cny: 9.99',
      '  - name: x',
      '    max_offer: 5',
      '  - name: x',
      '    categories: [abc]',
      'freshness: { search: 20 hours }',
      'quotas: { approved: { search.keywords: { daily: 0 } } }',
      'schedules:',
      '  - { name: s, cron: "* * *", timezone: Mars/Base, feeds: [y], missed: twice }',
    ].join('\n');
    expect(problemsOf(text)).toMatchInlineSnapshot(`
      [
        "f.yaml:1:1 account must be personal or business",
        "f.yaml:1:1 acount is not a known key: did you mean account?",
        "f.yaml:2:1 language must be one of en, ja, ko, ru, vi, es, fr, pt, th, id, ar",
        "f.yaml:4:5 feeds[0].name must be 1 to 40 of a-z, 0-9, - and _, beginning with a letter or digit",
        "f.yaml:5:19 feeds[0].keywords[1] repeats entry 1 of the list",
        "f.yaml:5:25 feeds[0].keywords[2] must be text; put quotes around a keyword of digits",
        "f.yaml:6:5 feeds[0].max_pages must be at most 40",
        "f.yaml:8:5 feeds[0].price_max_cny must not be below price_min_cny",
        "f.yaml:9:5 feeds[1] needs categories, keywords, sellers, images, offers or offers_file",
        "f.yaml:10:5 feeds[1].max_offer is not a known key: did you mean max_offers?",
        "f.yaml:11:5 feeds[2].name repeats entry 2 of the list",
        "f.yaml:12:18 feeds[2].categories[0] must be a category id in digits ('0' is the whole tree)",
        "f.yaml:13:14 freshness.search must be a duration from 1m to 366d, like 30m, 20h or 7d",
        "f.yaml:14:23 quotas.approved.search.keywords is not a known key: did you mean search.keyword?",
        "f.yaml:16:16 schedules[0].cron must have 5 fields (minute, hour, day, month, weekday), not 3",
        "f.yaml:16:31 schedules[0].timezone must be a time zone by its IANA name, like Asia/Shanghai",
        "f.yaml:16:60 schedules[0].feeds[0] there is no feed y",
        "f.yaml:16:64 schedules[0].missed must be skip or once",
      ]
    `);
  });

  test.each([
    ['nothing at all', '', /^f\.yaml:1:1 must be settings/],
    ['a list', '- a', /^f\.yaml:1:1 must be settings/],
    ['an open bracket', 'feeds: [', /^f\.yaml:1:9 /],
    ['two documents', `${minimal}---\na: 1`, /^f\.yaml:5:1 .*multiple documents/],
    ['a tab for indentation', 'feeds:\n\t- name: a', /^f\.yaml:2:1 Tabs are not allowed/],
    ['a tag', `${minimal}language: !js en`, /^f\.yaml:5:11 Unresolved tag/],
    ['a key that is a list', '? [a]\n: b', /^f\.yaml:1:3 /],
    ['a repeated key', `account: personal\n${minimal}`, /^f\.yaml:2:1 Map keys must be unique/],
    [
      'a feed that pulls nothing',
      'account: personal\nfeeds: [{ name: a }]',
      /^f\.yaml:2:9 feeds\[0\] needs categories/,
    ],
    ['no feeds', 'account: business\nfeeds: []', /^f\.yaml:2:1 feeds must have at least one feed/],
    ['a six-field cron', `${minimal}schedules: [{ name: n, cron: 0 0 3 * * * }]`, /5 fields .* not 6/],
    [
      'an impossible date',
      `${minimal}schedules: [{ name: n, cron: 0 3 31 2 * }]`,
      /cron is no cron expression/,
    ],
    [
      'a schedule of no feed',
      `${minimal}schedules: [{ name: n, cron: 0 3 * * *, feeds: [] }]`,
      /schedules\[0\]\.feeds must have at least one feed; leave it out for all/,
    ],
    ['a random cron field', `${minimal}schedules: [{ name: n, cron: H 3 * * * }]`, /cron must not use H/],
    [
      'a float price',
      `${minimal}    price_min_cny: 1.23456`,
      /:5:5 feeds\[0\]\.price_min_cny must be an amount/,
    ],
    ['an age of nothing', `${minimal}freshness: { detail: 0s }`, /freshness\.detail must be a duration/],
    ['an age of less than a month', `${minimal}retention: { raw: 7d }`, /retention\.raw must be .* from 31d/],
    ['a prototype key', `${minimal}__proto__: { a: 1 }`, /:5:1 __proto__ is not a known key/],
  ])('%s is refused', (_, text, expected) => {
    expect(problemsOf(text)[0]).toMatch(expected);
  });

  test('names the nearest known key', () => {
    expect(problemsOf(`${minimal}    max_offer: 5`)).toEqual([
      'f.yaml:5:5 feeds[0].max_offer is not a known key: did you mean max_offers?',
    ]);
  });

  test.each([
    ['{}', 'feeds[0] needs categories, keywords, sellers, images, offers or offers_file'],
    ['{ sellers: ["a b"] }', "feeds[0].sellers[0] must be a seller's sellerOpenId"],
    ['{ sellers: [s, s] }', 'feeds[0].sellers[1] repeats entry 1'],
    ['{ sellers: [s, "s "] }', 'feeds[0].sellers[1] repeats entry 1'],
    ['{ images: [a.jpg, " a.jpg"] }', 'feeds[0].images[1] repeats entry 1'],
    ['{ keywords: ["\\uD800"] }', 'feeds[0].keywords[0] must have no control characters and no halves'],
    ['{ images: ["\\uD800"] }', 'feeds[0].images[0] must have no control characters and no halves'],
    ['{ sellers: ["\\uD800"] }', "feeds[0].sellers[0] must be a seller's sellerOpenId"],
    [
      '{ images: ["https://example.com/a.jpg"] }',
      'feeds[0].images[0] 1688 searches by urls of alicdn.com only',
    ],
    ['{ images: ["https://alicdn.com.evil.example/a.jpg"] }', 'feeds[0].images[0] 1688 searches by urls'],
    ['{ images: [""] }', 'feeds[0].images[0] must have 1 to 500 characters'],
    ['{ offers: [1], max_age: 29m }', 'feeds[0].max_age must be a duration from 30m to 366d'],
    ['{ keywords: [a], max_age: 6h }', 'feeds[0].max_age needs max_offers: searches may list any number'],
  ])('with a feed of %s is refused', (feed, problem) => {
    const text = `account: personal\nfeeds:\n  - ${feed.replace('{', '{ name: x, ').replace(', }', ' }')}`;
    expect(problemsOf(text)[0]).toContain(problem);
    expect(problemsOf(text)[0]).toMatch(/^f\.yaml:3:/);
  });

  test.each([
    ['offer.detail: alibaba.no.such', 'apis.offer.detail must be namespace:name:version, or one of'],
    [
      'search.keyword: category.translation.getById',
      "can't be used for search.keyword: it serves category.children",
    ],
    ['search.keyword: alibaba.cross.detail', "can't be used for search.keyword: it serves offer.detail"],
    [
      'search.keyword: "a.b:product.search.imageQuery:1"',
      "can't be used for search.keyword: it serves search.image",
    ],
    ['search.keywords: x', 'apis.search.keywords is not a known key: did you mean search.keyword?'],
    ['system.time: currentTime', 'apis.system.time is not a known key'],
    ['search.keyword: 5', 'apis.search.keyword must be the name of an API'],
    ['search.keyword: ""', 'apis.search.keyword must be namespace:name:version, or one of'],
  ])('with the API %s is refused at its line', (entry, problem) => {
    const problems = problemsOf(`${minimal}apis:\n  ${entry}`);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain(problem);
    expect(problems[0]).toMatch(/^f\.yaml:6:3 /);
  });

  test('is refused for two APIs of one operation', () => {
    const apis =
      '{ search.keyword: product.search.keywordQuery, alibaba.cross.search: alibaba.cross.search }';
    expect(problemsOf(`${minimal}apis: ${apis}`)[0]).toMatch(/same operation as search\.keyword/);
  });

  test('is refused for one operation under two names', () => {
    const approved = '{ alibaba.cross.search: { daily: 1 }, alibaba.product.search: { daily: 2 } }';
    expect(problemsOf(`${minimal}quotas: { approved: ${approved} }`)[0]).toMatch(
      /same operation as alibaba\.cross\.search/,
    );
  });

  test.each([
    ['{ operations: [offer.detail], daily: 1 }', 'groups[0].name must be the name of a group'],
    ['{ name: "@g", operations: [offer.detail], daily: 1 }', 'groups[0].name must be 1 to 40 of a-z'],
    ['{ name: g, daily: 1 }', 'groups[0].operations must be a list of operations'],
    ['{ name: g, operations: [], daily: 1 }', 'groups[0].operations must have at least one operation'],
    ['{ name: g, operations: [offers], daily: 1 }', 'groups[0].operations[0] must be an operation'],
    [
      '{ name: g, operations: [search.keyword, alibaba.cross.search], daily: 1 }',
      'groups[0].operations[1] repeats entry 1',
    ],
    ['{ name: g, operations: [offer.detail] }', 'groups[0] needs daily or monthly'],
    ['{ name: g, operations: [offer.detail], daily: 0 }', 'groups[0].daily must be a number of calls'],
    ['{ name: g, operations: [offer.detail], monthly: 1.5 }', 'groups[0].monthly must be a number of calls'],
    ['{ name: g, operations: [offer.detail], day: 5, daily: 5 }', 'groups[0].day is not a known key'],
    [
      '{ name: g, operations: [offer.detail], daily: 1 }, { name: g, operations: [offer.detail], daily: 1 }',
      'groups[1].name repeats entry 1',
    ],
  ])('with the group %s is refused at its line', (group, problem) => {
    const problems = problemsOf(`${minimal}quotas:\n  groups:\n    - ${group.replace('}, {', '}\n    - {')}`);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain(problem);
    expect(problems[0]).toMatch(/^f\.yaml:[78]:/);
  });

  test.each([
    ['{ name: a, price_up_percent: 5 }', 'trackers[0] needs feed or offers, and not both'],
    [
      '{ name: a, feed: bags, offers: [1], price_up_percent: 5 }',
      'trackers[0] needs feed or offers, and not',
    ],
    ['{ name: a, feed: bag, price_up_percent: 5 }', 'trackers[0].feed there is no feed bag'],
    ['{ name: a, feed: bags }', 'trackers[0] needs price_down_percent, price_up_percent, price_below_cny or'],
    ['{ name: a, feed: bags, price_up_percent: 0 }', 'trackers[0].price_up_percent must be above 0'],
    ['{ name: a, feed: bags, price_below_cny: cheap }', 'trackers[0].price_below_cny must be an amount'],
    ['{ name: a, feed: bags, events: [sold] }', 'trackers[0].events[0] must be one of out_of_stock'],
    ['{ name: a, offers: [1, 1], price_up_percent: 5 }', 'trackers[0].offers[1] repeats entry 1'],
    ['{ name: a, feed: bags, offers: bags, price_up_percent: 5 }', 'trackers[0].offers must be a list'],
    [
      '{ name: a, feed: bags, price_up_percent: 5 }, { name: a, feed: bags, price_up_percent: 6 }',
      'trackers[1].name repeats entry 1',
    ],
  ])('with the tracker %s is refused at its line', (tracker, problem) => {
    const problems = problemsOf(`${minimal}trackers:\n  - ${tracker.replace('}, {', '}\n  - {')}`);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain(problem);
    expect(problems[0]).toMatch(/^f\.yaml:[67]:/);
  });

  test('of nested aliases is refused without being expanded', () => {
    const levels = Array.from({ length: 40 }, (_, level) =>
      level === 0
        ? 'a0: &a0 [x]'
        : `a${String(level)}: &a${String(level)} [*a${String(level - 1)}, *a${String(level - 1)}]`,
    );
    expect(problemsOf(levels.join('\n'))[0]).toMatch(/aliases .* are not supported/);
  });

  test('with a problem in every line says the first fifty', () => {
    const problems = problemsOf(`account: personal\nfeeds:\n${'- 1\n'.repeat(500)}`);
    expect(problems).toHaveLength(51);
    expect(problems[50]).toBe('and 450 more');
  });
});

test('for any text, the only error is CONFIG_FILE_INVALID, and each problem has a place in the file', () => {
  const word = fc.constantFrom(
    'account',
    'feeds',
    'name',
    'keywords',
    ': ',
    '- ',
    '\n',
    '  ',
    '[',
    '{',
    '*a',
    '&a',
    '54',
    '"',
    '|',
    '!x',
    '?',
  );
  const text = fc.oneof(
    fc.string(),
    fc.array(word).map((words) => words.join('')),
    fc.json(),
  );
  fc.assert(
    fc.property(text, (source) => {
      for (const problem of problemsOf(source)) expect(problem).toMatch(/^f\.yaml:[1-9]\d*:[1-9]\d* \S/);
    }),
    { numRuns: 500 },
  );
});

test('the JSON Schema for editors is the one of the code (update it with vitest -u)', async () => {
  const text = await format(JSON.stringify(syncFileJsonSchema()), { parser: 'json', printWidth: 110 });
  await expect(text).toMatchFileSnapshot(resolve(root, 'catalog-sync.schema.json'));
});

test('names of the registration guide mean the same here and where calls are made', () => {
  const operations = Object.entries(guideNames).map(([name, { operation }]) => [name, operation]);
  expect(Object.fromEntries(operations)).toEqual(guideApiNames);
});
