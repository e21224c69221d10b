import { describe, expect, it } from 'vitest';
import { plantMutant, toMutants } from '../../../bench/mutants/mutant.ts';
import { mutateSql } from '../../../bench/mutants/mutate-sql.ts';

/** Each mutant of the text, as the whole text without double spaces. */
function mutate(text: string): string[] {
  return toMutants({ room: 'x', file: 'x.sql', text }, mutateSql(text)).map((mutant) =>
    plantMutant(text, mutant).replaceAll('  ', ' ').trim(),
  );
}

describe('mutants of SQL', () => {
  it.each<[string, string, readonly string[]]>([
    ['a boundary', 'SELECT a < b', ['SELECT a <= b']],
    ['an equality', 'SELECT a = b', ['SELECT a <> b']],
    ['arithmetic', `SELECT a + interval '1 day'`, [`SELECT a - interval '1 day'`]],
    [
      'a condition of two parts',
      'SELECT FROM t WHERE a AND b',
      ['SELECT FROM t WHERE true AND b', 'SELECT FROM t WHERE a OR b', 'SELECT FROM t WHERE a AND true'],
    ],
    [
      'a condition with an alternative, which is one part',
      'SELECT FROM t WHERE a OR b ORDER BY c',
      ['SELECT FROM t WHERE true ORDER BY c', 'SELECT FROM t WHERE a AND b ORDER BY c'],
    ],
    ['a range', 'SELECT FROM t WHERE a BETWEEN b AND c', ['SELECT FROM t WHERE true']],
    ['a filter', 'SELECT count(*) FILTER (WHERE a) FROM t', ['SELECT count(*) FILTER (WHERE true) FROM t']],
    ['what nulls become', 'SELECT coalesce(a.b, 0)', ['SELECT coalesce(0, a.b)']],
    [
      'min and max',
      'SELECT min(a), greatest(b, c)',
      ['SELECT max(a), greatest(b, c)', 'SELECT min(a), least(b, c)'],
    ],
    ['an order', 'SELECT FROM t ORDER BY a DESC', ['SELECT FROM t ORDER BY a ASC']],
    ['a limit', 'SELECT FROM t LIMIT 10', ['SELECT FROM t LIMIT 11']],
    ['a limit that is given', 'SELECT FROM t LIMIT $1', ['SELECT FROM t']],
    [
      'a null',
      'SELECT a IS NULL, b IS NOT NULL',
      ['SELECT a IS NOT NULL, b IS NOT NULL', 'SELECT a IS NULL, b IS NULL'],
    ],
    ['a difference', 'SELECT a IS DISTINCT FROM b', ['SELECT a IS NOT DISTINCT FROM b']],
    ['what must not exist', 'SELECT NOT EXISTS (SELECT FROM t)', ['SELECT EXISTS (SELECT FROM t)']],
    ['a lock of rows', 'SELECT FROM t FOR NO KEY UPDATE', ['SELECT FROM t']],
    [
      'a statement of a function',
      'BEGIN PERFORM f(a); RETURN true; END $$;',
      ['BEGIN NULL; RETURN true; END $$;', 'BEGIN PERFORM f(a); RETURN false; END $$;'],
    ],
    ['a condition of a function', 'IF a > 0 THEN NULL; END IF;', ['IF a >= 0 THEN NULL; END IF;']],
    [
      'what is set, and where',
      'UPDATE t SET a = b WHERE c = d',
      ['UPDATE t SET a = b WHERE true', 'UPDATE t SET a = b WHERE c <> d'],
    ],
  ])('%s: %s', (_, text, mutants) => {
    expect(mutate(text)).toEqual(mutants);
  });

  it.each([
    ['a comment', '-- a < b and c\nSELECT a'],
    ['text', `SELECT 'a < b AND c'`],
    ['what describes an object', `SELECT a;\nCOMMENT ON COLUMN t.a IS 'b';`],
    ['operators of JSON and of arrays', `SELECT a->'b', c->>'d', e @> f, g && h, i := j`],
    ['an object that is replaced', 'CREATE OR REPLACE FUNCTION f() RETURNS int'],
    ['a negative number', 'SELECT (-1)'],
    ['rows that meet others', 'INSERT INTO t VALUES (1) ON CONFLICT (a) DO NOTHING'],
    ['a column that is not null', 'CREATE TABLE IF NOT EXISTS t (a int NOT NULL)'],
  ])('are not made of %s: %s', (_, text) => {
    expect(mutate(text)).toEqual([]);
  });
});
