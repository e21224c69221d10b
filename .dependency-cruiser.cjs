/** The table of rooms and doors in docs/architecture.md, one rule a room. */
const room = (name, allowed) => ({
  name: `${name}-doors`,
  severity: 'error',
  comment: `src/${name} may import only: ${[name, ...allowed].join(', ')}`,
  from: { path: `^src/${name}/` },
  to: { path: '^src/', pathNot: `^src/(${[name, ...allowed].join('|')})/` },
});

module.exports = {
  forbidden: [
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    { name: 'no-unresolvable', severity: 'error', from: {}, to: { couldNotResolve: true } },
    {
      name: 'no-orphans',
      severity: 'error',
      from: { orphan: true, path: '^src/', pathNot: '^src/(cli/main.ts|web/assets/)' },
      to: {},
    },
    room('core', []),
    room('model', ['core']),
    room('extract', ['core', 'model']),
    room('transform', ['core', 'model']),
    room('plan', ['core', 'model']),
    room('load', ['core', 'model']),
    room('jobs', ['core', 'model', 'extract', 'transform', 'plan', 'load']),
    room('notify', ['core', 'model']),
    room('sandbox', ['core']),
    room('local', ['core']),
    room('web', ['core', 'model', 'load', 'jobs']),
    {
      name: 'pure-rooms-do-no-io',
      severity: 'error',
      comment: 'model, transform and plan read no file, no network, no clock',
      from: { path: '^src/(model|transform|plan)/' },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'only-load-and-local-speak-sql',
      severity: 'error',
      from: {
        path: '^src/',
        pathNot: '^src/(load|local|cli|app\\.ts|open-[a-z]+\\.ts|jobs/queue-backend\\.ts)',
      },
      to: { path: 'node_modules/(pg|drizzle-orm|pg-copy-streams)/' },
    },
    {
      name: 'only-extract-speaks-to-the-gateway',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/(extract|cli)/' },
      to: { path: 'node_modules/undici/' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
    },
  },
};
