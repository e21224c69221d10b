import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { readSyncConfig, tryReadSyncConfig } from '../../../src/config/read-sync-config.ts';
import { createProject } from '../../support/in-process.ts';

const text = 'account: personal\nfeeds: [{ name: x, keywords: [a] }]\n';
const make = 'make one with `catalog-sync init`, or copy catalog-sync.example.yaml and edit it';
const elsewhere = `name the folder of your project with --project, or ${make}`;

it.each<[string, Readonly<Record<string, string>>, string]>([
  ['nothing of a project', {}, elsewhere],
  ['files of something else', { 'package.json': '{}' }, elsewhere],
  ['settings only', { '.env': '' }, make],
  ['secrets only', { '.env.local': '' }, make],
  ['a sync file by another name', { 'catalog-sync.yml': text }, 'rename the catalog-sync.yml that is there'],
])('a folder with %s says how to get a sync file', (_, files, how) => {
  const folder = createProject(files);
  expect(() => readSyncConfig(folder)).toThrow(
    expect.objectContaining({
      code: 'CONFIG_FILE_MISSING',
      message: `there is no catalog-sync.yaml in ${folder}: ${how}`,
    }),
  );
  expect(tryReadSyncConfig(folder)).toBeNull();
});

it('a sync file that can not be read says why', () => {
  const folder = createProject();
  mkdirSync(join(folder, 'catalog-sync.yaml'));
  expect(() => readSyncConfig(folder)).toThrow(
    expect.objectContaining({
      code: 'CONFIG_FILE_UNREADABLE',
      message: expect.stringMatching(/^catalog-sync\.yaml can not be read: EISDIR/) as string,
    }),
  );
  expect(tryReadSyncConfig(folder)).toBeNull();
});

it('a sync file is read from the folder of the project', () => {
  const folder = createProject({ 'catalog-sync.yaml': text });
  expect(readSyncConfig(folder).feeds.map(({ name }) => name)).toEqual(['x']);
  expect(tryReadSyncConfig(folder)).toEqual(readSyncConfig(folder));
});
