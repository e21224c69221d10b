import { parseSyncFile } from '../../config/parse-sync-file.ts';

/** Small enough for a minute on a laptop, large enough to be worth looking at. */
export const demoSize = { offers: 300, categories: 60 } as const;

/** A world that shows more of what happens at 1688 in two days than most: offers that are sold out, and come back. */
export const demoWorld = { seed: 7, nature: { soldOut: 0.25, relisting: 1 } } as const;

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
