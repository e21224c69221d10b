import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isJsonObject, type JsonValue } from '../../../src/core/json.ts';
import { categoryGetShape } from '../../../src/transform/wire/category-get.ts';
import { categoryTranslationShape } from '../../../src/transform/wire/category-translation.ts';
import { productDetailShape } from '../../../src/transform/wire/product-detail.ts';
import { imageQueryShape, keywordQueryShape } from '../../../src/transform/wire/search-answers.ts';
import type { WireShape } from '../../../src/transform/wire/wire-shape.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';
import {
  normalizeCategoryAnswer,
  normalizeImageAnswer,
  normalizeOfferAnswer,
  normalizeSearchAnswer,
  normalizeTranslationAnswer,
  readPayload,
} from '../../support/requests.ts';
import officialKeys from '../../fixtures/official-keys.json' with { type: 'json' };
import { codeWords, readText, tableRows } from '../../support/doc-files.ts';

/** Paths of everything in an answer that is no object or list of its own, but for the `class` of every object. */
function* pathsOf(shape: WireShape, path = ''): Generator<string> {
  if (typeof shape === 'string') yield path;
  else if (shape.kind === 'list') yield* pathsOf(shape.items, `${path}[]`);
  else {
    for (const [key, inner] of Object.entries(shape.fields)) {
      if (key !== 'class') yield* pathsOf(inner, path === '' ? key : `${path}.${key}`);
    }
  }
}

const keywordPaths = [...pathsOf(keywordQueryShape)];
const offers = {
  '800000000011': 'offer-by-quantity',
  '800000000012': 'offer-by-sku',
  '800000000013': 'offer-by-range-with-skus',
};

interface Api {
  readonly paths: readonly string[];
  /** Reads each of some answers, with `change` made to them before. */
  readonly read: (change: (payload: JsonValue) => JsonValue) => unknown;
}

const apis: Readonly<Record<string, Api>> = {
  'product.search.queryProductDetail': {
    paths: [...pathsOf(productDetailShape)],
    read: (change) =>
      Object.entries(offers).map(
        ([offerId, name]) => normalizeOfferAnswer(offerId, change(readPayload(name))).record,
      ),
  },
  'product.search.keywordQuery': {
    paths: keywordPaths,
    read: (change) => normalizeSearchAnswer(change(readPayload('search-page'))).record,
  },
  'product.search.imageQuery': {
    paths: [...pathsOf(imageQueryShape)].filter((path) => !keywordPaths.includes(path)),
    read: (change) => normalizeImageAnswer(change(readPayload('image-page'))).record,
  },
  'alibaba.category.get': {
    paths: [...pathsOf(categoryGetShape)],
    read: (change) => normalizeCategoryAnswer('7001', change(readPayload('category-branch'))).record,
  },
  'category.translation.getById': {
    paths: [...pathsOf(categoryTranslationShape)],
    read: (change) => normalizeTranslationAnswer('7001', change(readPayload('translation-branch'))).record,
  },
};

interface MappingRow {
  readonly fields: readonly string[];
  readonly columns: readonly string[];
  readonly isKept: boolean;
  readonly how: string;
}

function rowsOf(api: string): MappingRow[] {
  const text = readText('docs/mapping.md');
  const begin = text.indexOf(`\n## \`${api}\`\n`);
  const section = text.slice(begin + 1).split(/\n## /)[0] ?? '';
  return tableRows(section).flatMap(([fields = '', columns = '', how = '']) => {
    const names = codeWords(fields);
    if (names.length === 0) return [];
    return [{ fields: names, columns: codeWords(columns), isKept: columns !== 'not kept', how }];
  });
}

/** The payload with something else at a path, wherever it has something there. */
function replaced(value: JsonValue, path: string, by: JsonValue): JsonValue {
  const [, key = '', rest = ''] = /^\.?(\[\]|[^.[]+)(.*)$/.exec(path) ?? [];
  const inner = (old: JsonValue) => (rest === '' ? by : replaced(old, rest, by));
  if (key === '[]') return Array.isArray(value) ? (value as JsonValue[]).map(inner) : value;
  if (!isJsonObject(value) || value[key] === undefined) return value;
  return { ...value, [key]: inner(value[key]) };
}

let db: TestDatabase;
let columns: ReadonlySet<string>;
beforeAll(async () => {
  db = await createTestDatabase();
  const { rows } = await db.pool.query<{ name: string }>(
    `SELECT concat_ws('.', table_schema, table_name, column_name) AS name FROM information_schema.columns`,
  );
  columns = new Set(rows.map(({ name }) => name));
});
afterAll(() => db.drop());

describe.each(Object.entries(apis))('the mapping of %s', (api, { paths, read }) => {
  const rows = rowsOf(api);

  it('names every field once, and no other', () => {
    expect(rows.flatMap(({ fields }) => fields).toSorted()).toEqual(paths.toSorted());
  });

  it('names columns that exist, or a reason', () => {
    for (const row of rows) {
      expect([...row.columns].filter((column) => !columns.has(column))).toEqual([]);
      if (row.isKept) expect(row.columns, row.fields.join(', ')).not.toEqual([]);
      else expect(row.how, row.fields.join(', ')).not.toBe('');
    }
  });

  it('keeps what it says it keeps, and nothing else', () => {
    const whole = JSON.stringify(read((payload) => payload));
    for (const { fields, isKept, columns: ends } of rows) {
      if (ends.some((column) => column.startsWith('usage.'))) continue;
      const isRead = [null, '7'].some((by) => {
        const record = read((payload) =>
          fields.reduce<JsonValue>((one, path) => replaced(one, path, by), payload),
        );
        return JSON.stringify(record) !== whole;
      });
      expect(isRead, fields.join(', ')).toBe(isKept);
    }
  });
});

describe('the official samples of 1688', () => {
  it.each(Object.entries(officialKeys))('of %s have no field that the mapping does not name', (api, keys) => {
    const known = rowsOf(api).flatMap(({ fields }) => fields);
    // A sample shows nothing of a list that is null in it.
    const isKnown = (key: string) => known.some((path) => path === key || path.startsWith(`${key}[]`));
    expect(keys.filter((key) => !isKnown(key))).toEqual([]);
  });
});
