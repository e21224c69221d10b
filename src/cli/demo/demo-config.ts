import { parseSyncFile } from '../../config/parse-sync-file.ts';

/** Small enough for a minute on a laptop, large enough to be worth looking at. */
export const demoSize = { offers: 300, categories: 60 } as const;

/** The sync file of the demo: the whole tree of the invented world, and one keyword. */
export const demoSyncFile = `# Each demo rewrites this file.
account: business
feeds:
  - name: everything
    categories: ["0"]
    keywords: [手机]
quotas:
  per_second: 200
`;

export const demoSync = parseSyncFile(demoSyncFile, 'the demo');
