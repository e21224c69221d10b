import type { OutageFile } from '../../src/health/notifications/outage-file.ts';

/** Keeps no outage for another process. */
export const noOutage: OutageFile = { read: () => null, write: () => undefined, remove: () => undefined };
