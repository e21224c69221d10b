import { beforeEach } from 'vitest';

// While tests are measured: the rest of a file that takes too long is not waited for.
const maxMs = Number(process.env['MUTANT_FILE_MS']);
const endsAt = performance.now() + maxMs;
beforeEach(() => {
  if (performance.now() > endsAt) throw new Error(`the tests of this file take longer than ${maxMs} ms`);
});
