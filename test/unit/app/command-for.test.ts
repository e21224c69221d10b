import { expect, it } from 'vitest';
import { commandFor, nearPath, shellWord } from '../../../src/app/command-for.ts';

it.each([
  ['/home/me', '/home/me/shop/a', 'shop/a'],
  ['/home/me', '/home/you', '/home/you'],
  ['/home/me/shop', '/home/me', '/home/me'],
  ['/', '/srv/shop', '/srv/shop'],
])('from %s, the path %s is typed as %s', (from, path, near) => {
  expect(nearPath(from, path)).toBe(near);
});

it.each([
  ['shop/a-1_b.yaml', 'shop/a-1_b.yaml'],
  ['my shop', "'my shop'"],
  ["it's", String.raw`'it'\''s'`],
])('a shell reads %s from %s', (text, word) => {
  expect(shellWord(text)).toBe(word);
});

it('a command names its project only where it runs in another folder', () => {
  const context = { command: 'catalog-sync', cwd: '/home/me' };
  expect(commandFor(context, '/home/me')).toBe('catalog-sync');
  expect(commandFor(context, '/home/me/my shop')).toBe("catalog-sync --project 'my shop'");
});
