import { parseSyncFile } from '../../plan/parse-sync-file.ts';

/** Small enough for a minute on a laptop, large enough to be worth looking at. */
export const demoSize = { offers: 300, categories: 60 } as const;

/** What the demo pulls: the whole tree of the made-up world, and one keyword. */
export const demoSync = parseSyncFile(
  `
account: business
feeds:
  - name: everything
    categories: ["0"]
    keywords: [手机]
quotas:
  per_second: 200
`,
  'the demo',
);
