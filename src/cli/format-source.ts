import type { Source } from '../model/run.ts';

const sourceLines = {
  sandbox: 'SANDBOX: using mock data',
  live: 'Live: fetching real data from 1688.com',
};

/** Where the data is from, in one line. */
export const formatSource = (source: Source | null): string =>
  source === null ? 'No sync yet' : sourceLines[source];
