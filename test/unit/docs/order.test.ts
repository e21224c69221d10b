import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { listFiles, readText } from '../../support/doc-files.ts';

/** Links of the table of contents, in its order: paths from the root of the project, and what they are called. */
const contents = [...readText('docs/README.md').matchAll(/^- \[([^\]]+)\]\(([^)]+)\)/gm)].map(
  ([, title = '', link = '']) => ({ title, path: join('docs', link) }),
);

/** A link from a page to another, as it is written there. */
function linkTo(from: string, { title, path }: { title: string; path: string }): string {
  const isInDocs = (file: string) => file.startsWith('docs/');
  const target = isInDocs(path) ? path.slice('docs/'.length) : path;
  if (isInDocs(from)) return `Next: [${title}](${isInDocs(path) ? '' : '../'}${target})`;
  return `Next: [${title}](${path})`;
}

test('each page of docs is in the table of contents once, by its own title', () => {
  const pages = listFiles('docs', '.md').filter(
    (path) => path !== 'docs/README.md' && !path.startsWith('docs/adr/'),
  );
  expect(contents.map(({ path }) => path).toSorted()).toEqual(
    ['CONTRIBUTING.md', 'README.md', ...pages].toSorted(),
  );
  expect(contents.map(({ path }) => /^# (.+)$/m.exec(readText(path))?.[1])).toEqual(
    contents.map(({ title }) => title),
  );
});

describe('the pages lead from one to the next', () => {
  const steps = contents.slice(0, -1).map((page, i) => ({ from: page.path, to: contents[i + 1] ?? page }));

  test.each(steps)('$from leads to $to.path', ({ from, to }) => {
    expect(readText(from).trimEnd().split('\n').at(-1)).toBe(linkTo(from, to));
  });
});
