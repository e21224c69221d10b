import { expect, test } from 'vitest';
import { readRunFields, runFilters, runsPath, toRunFilter } from '../../../../src/web/pages/run-filters.ts';

const read = (query: Readonly<Record<string, string>>) => readRunFields((name) => query[name]);
const none = { state: '', scope: '', trigger: '', from: '', to: '' };

test('what is no day counts as nothing; a state that there is not stays, and no run has it', () => {
  expect(read({})).toEqual(none);
  expect(read({ from: '2026-02-30', to: 'x' })).toEqual(none);
  expect(toRunFilter(read({ state: 'nonsense' })).status).toBe('nonsense');
  const all = { state: 'failed', scope: 'all', trigger: 'cli', from: '2026-11-01', to: '2026-11-02' };
  expect(read(all)).toEqual(all);
  expect(read({ scope: 'x'.repeat(201) }).scope).toBe('x'.repeat(200));
});

test('days are those of Shanghai, and the last one counts', () => {
  const filter = toRunFilter({ ...none, from: '2026-11-01', to: '2026-11-02' });
  expect(filter).toEqual({
    ...{ status: null, scope: null, trigger: null },
    from: new Date('2026-10-31T16:00:00Z'),
    before: new Date('2026-11-02T16:00:00Z'),
  });
  expect(toRunFilter({ ...none, state: 'failed', scope: 'all', trigger: 'cli' })).toEqual({
    ...{ status: 'failed', scope: 'all', trigger: 'cli', from: null, before: null },
  });
});

test('an address has only what was chosen', () => {
  expect(runsPath(none, null)).toBe('/runs');
  expect(runsPath(none, '7')).toBe('/runs?before=7');
  expect(runsPath({ ...none, state: 'failed', to: '2026-11-02' }, null)).toBe(
    '/runs?state=failed&to=2026-11-02',
  );
});

test('the form has what was chosen, also what no run has any more', () => {
  const form = runFilters(
    { ...none, state: 'partial_quota', scope: 'gone', from: '2026-11-01' },
    {
      scopes: ['all'],
      triggers: ['cli'],
    },
  ).toString();
  const options = [...form.matchAll(/<option value="([^"]*)"\s*(selected)?[^>]*>([^<]*)</g)].map(
    ([, ...of]) => of,
  );
  expect(options).toContainEqual(['partial_quota', 'selected', 'stopped at quota']);
  expect(options).toContainEqual(['failed', undefined, 'failed']);
  expect(options).toContainEqual(['gone', 'selected', 'gone']);
  expect(options).toContainEqual(['all', undefined, 'all']);
  expect(options.filter(([, isSelected]) => isSelected)).toHaveLength(2);
  expect(options.filter(([value]) => value === '')).toHaveLength(3);
  expect(form).toContain('name="from" value="2026-11-01"');
});
