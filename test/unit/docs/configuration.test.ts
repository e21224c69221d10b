import { describe, expect, test } from 'vitest';
import { configKeys, loadConfig, secretKeys } from '../../../src/config/environment.ts';
import { syncFileJsonSchema } from '../../../src/config/sync-config-schema.ts';
import { codeWords, readText, tableRows } from '../../support/doc-files.ts';

interface Schema {
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
  readonly additionalProperties?: Schema | false;
  readonly default?: unknown;
}

/** Every key of the file as `feeds[].name`; a free name is written OPERATION. */
function keysOf(schema: Schema, path = ''): string[] {
  const inner = Object.entries(schema.properties ?? {}).flatMap(([name, child]) => {
    const own = path === '' ? name : `${path}.${name}`;
    return [own, ...keysOf(child, own)];
  });
  return [
    ...inner,
    ...(schema.items ? keysOf(schema.items, `${path}[]`) : []),
    ...(schema.additionalProperties ? keysOf(schema.additionalProperties, `${path}.OPERATION`) : []),
  ];
}

const rows = tableRows(readText('docs/configuration.md'));
const rowsOf = (heading: string) => {
  const after = rows.slice(rows.findIndex(([first]) => first === heading) + 2);
  const end = after.findIndex(([first]) => !first?.startsWith('`'));
  return end === -1 ? after : after.slice(0, end);
};

describe('the environment in docs/configuration.md', () => {
  const variables = rowsOf('variable').map(([name, fallback]) => ({
    name: codeWords(name ?? '')[0] ?? '',
    isSecret: name?.endsWith('\\*') ?? false,
    fallback: codeWords(fallback ?? '')[0],
  }));

  test('has every variable that is read, and no other', () => {
    expect(variables.map(({ name }) => name)).toEqual(configKeys);
  });

  test('marks the variables that may be in a file of their own', () => {
    expect(variables.filter(({ isSecret }) => isSecret).map(({ name }) => name)).toEqual([...secretKeys]);
  });

  test('says the defaults', () => {
    const config = loadConfig({ projectDir: '/', env: {}, readFiles: false });
    const defaults = configKeys.map((key) => {
      const value = Object.getOwnPropertyDescriptor(config, key)?.value as
        string | number | boolean | undefined;
      return typeof value === 'boolean' ? String(Number(value)) : value?.toString();
    });
    expect(variables.map(({ fallback }) => fallback)).toEqual(defaults);
  });
});

describe('catalog-sync.yaml in docs/configuration.md', () => {
  test('has every key of the file, in its order, and no other', () => {
    const documented = rowsOf('key').map(([key]) => codeWords(key ?? '')[0]);
    expect(documented).toEqual(keysOf(syncFileJsonSchema() as Schema));
  });
});
