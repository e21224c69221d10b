import { afterEach, expect, it, vi } from 'vitest';
import { findRunUser } from '../../../src/local/run-user.ts';

afterEach(() => {
  vi.restoreAllMocks();
});

const findAs = (uid: number) => {
  vi.spyOn(process, 'getuid').mockReturnValue(uid);
  return findRunUser();
};

it('whoever is not root runs the server as itself', () => {
  expect(findAs(1000)).toBeNull();
});

it('root lends the server an account that is not root', () => {
  const found = findAs(0);
  expect(['postgres', 'nobody']).toContain(found?.name);
  expect(found?.uid).not.toBe(0);
});
