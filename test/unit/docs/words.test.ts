import { expect, test } from 'vitest';
import ts from 'typescript';
import { listFiles, readText } from '../../support/doc-files.ts';

/** Parts of names that a standard term replaced: docs/glossary.md. */
const banned = [
  ...['look', 'looks', 'looked', 'tells', 'retell', 'retold', 'foretell', 'foretold', 'foretelling'],
  ...['teach', 'taught', 'teaching', 'lesson', 'lessons', 'shelf', 'shelves', 'shelved'],
  ...['stranger', 'strangers', 'teller', 'nudge', 'nudged', 'news', 'concern', 'concerns', 'rival', 'rivals'],
  ...['tally', 'tallies', 'foreknowledge', 'handful', 'spoken'],
];
/** A name and why it may have a banned part. */
const allowed: Readonly<Record<string, string>> = {
  GF_NEWS_NEWS_FEED_ENABLED: 'a setting of Grafana',
  looks: 'a name in tests of the feeds of people: a feed, a key of a comparison',
};

/** Names that were given up as a whole: each part of them is a fine word. */
const bannedNames = [
  'fct_look',
  'seller_look',
  'look_stat',
  'window_kind',
  'takeOrEnd',
  'takeBack',
  'foldTime',
  ...['plan_hash', 'planHash', 'hashPlan', 'PlanStore', 'createPlanStore', 'PlanDeps'],
  ...[
    'planCategories',
    'planFetches',
    'PlannedFetches',
    'planProbes',
    'planReplay',
    'AttemptPlan',
    'OfferPlan',
  ],
];

const phrases = [
  'foretell',
  'whatever their file says',
  'It works on nothing itself',
  'can be had',
  'was looked at once',
  'Somebody should hear',
  'is read by nobody',
  'read by nobody for',
  'Mend it',
  'whatever looks taught',
  'could not be foretold',
  'nobody is told',
  'nobody can be told',
];

const partsOf = (name: string) =>
  name
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1 $2')
    .split(/[ _\-$#]+/)
    .map((part) => part.toLowerCase());

function isBanned(name: string): boolean {
  return (
    allowed[name] === undefined &&
    (bannedNames.includes(name) || partsOf(name).some((part) => banned.includes(part)))
  );
}

function namesOfTypeScript(text: string): string[] {
  const names = new Set<string>();
  const visit = (node: ts.Node): void => {
    if (ts.isIdentifier(node) || ts.isPrivateIdentifier(node)) names.add(node.text);
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile('x.ts', text, ts.ScriptTarget.Latest));
  return [...names];
}

/** Words of the statements: no comment, no text between quotes. */
const namesOfSql = (text: string) => [
  ...new Set(text.replaceAll(/--.*|\$\$|'(?:[^']|'')*'/g, ' ').match(/[A-Za-z_]\w*/g) ?? []),
];

/** Most files have none of these anywhere: they are not parsed. */
const mayBeBanned = new RegExp([...banned, ...bannedNames].join('|'), 'i');

function namesOf(file: string, text: string): string[] {
  if (!mayBeBanned.test(text)) return [];
  return file.endsWith('.sql') ? namesOfSql(text) : file.endsWith('.ts') ? namesOfTypeScript(text) : [];
}

export const findNames = (file: string, text: string): string[] => [
  ...(isBanned(file.split('/').at(-1)?.split('.')[0] ?? '') ? [file] : []),
  ...namesOf(file, text)
    .filter(isBanned)
    .map((name) => `${file}: ${name}`),
];

export const findPhrases = (file: string, text: string): string[] => {
  const flat = text.replaceAll(/\s+/g, ' ').toLowerCase();
  return phrases
    .filter((phrase) => flat.includes(phrase.toLowerCase()))
    .map((phrase) => `${file}: ${phrase}`);
};

const filesOf = (folders: readonly string[], endings: readonly string[]) =>
  folders.flatMap((folder) => endings.flatMap((ending) => listFiles(folder, ending)));

test('no name in the code has a word that the glossary replaced', () => {
  const files = filesOf(['src', 'test', 'bench', 'migrations'], ['.ts', '.sql']).filter(
    (file) => !file.includes('/node_modules/'),
  );
  expect(files.length).toBeGreaterThan(500);
  expect(files.flatMap((file) => findNames(file, readText(file)))).toEqual([]);
});

test('no text for people has a sentence that was replaced', () => {
  const files = [
    ...filesOf(['src', 'docs'], ['.ts', '.sql', '.md']).filter((file) => !file.startsWith('docs/adr/')),
    ...['README.md', 'CONTRIBUTING.md'],
  ];
  expect(files.flatMap((file) => findPhrases(file, readText(file)))).toEqual([]);
});

test('a planted name and a planted sentence are found', () => {
  expect(findNames('src/x.ts', 'export const priceLook = 1;')).toEqual(['src/x.ts: priceLook']);
  expect(findNames('src/x.ts', '// a look at it\nconst lookup = "look";')).toEqual([]);
  expect(findNames('src/x.sql', "-- looks\nSELECT last_look, 'look' FROM t")).toEqual([
    'src/x.sql: last_look',
  ]);
  expect(findNames('src/tell-news.ts', '')).toEqual(['src/tell-news.ts']);
  expect(findPhrases('docs/x.md', 'The last test\nfails. Mend  it.')).toEqual(['docs/x.md: Mend it']);
});

test('the glossary has at most 50 terms, each once', () => {
  const rows =
    readText('docs/glossary.md')
      .split('## ')[0]
      ?.match(/^\| (?!-|term)[^|]+/gm) ?? [];
  const terms = rows.map((row) => row.slice(2).trim());
  expect(terms.length).toBeLessThanOrEqual(50);
  expect(new Set(terms).size).toBe(terms.length);
  for (const word of ['slot', 'settle', 'window', 'plan']) expect(terms).toContain(word);
});
