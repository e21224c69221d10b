import { expect, test } from 'vitest';
import { indentJson } from '../../../../src/web/parts/indent-json.ts';

test('each value has a line, and keeps its digits and characters', () => {
  const text = '{"id":9007199254740993,"a":[1.50,{"b":"x\\"{,}"}],"c":{},"d":[],"id":null}';
  expect(indentJson(text)).toBe(`{
  "id": 9007199254740993,
  "a": [
    1.50,
    {
      "b": "x\\"{,}"
    }
  ],
  "c": {},
  "d": [],
  "id": null
}`);
});

test('a text that is no JSON stays as it is', () => {
  for (const text of ['', '<html> <b>503</b>', '{"a":', 'busy']) expect(indentJson(text)).toBe(text);
});

test('an answer that is nested a thousand times does not fill the memory', () => {
  const text = `${'['.repeat(10_000)}${']'.repeat(10_000)}`;
  expect(indentJson(text).length).toBeLessThan(2_000_000);
});
