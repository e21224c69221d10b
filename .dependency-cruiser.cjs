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
    room('config', ['core', 'model']),
    room('terminal', ['core']),
    room('schema', ['core', 'model']),
    room('db', ['core', 'model', 'schema']),
    room('raw', ['core', 'model', 'schema', 'db']),
    room('tokens', ['core', 'model', 'schema', 'db']),
    room('extract', ['core', 'model']),
    room('transform', ['core', 'model']),
    room('load', ['core', 'model', 'schema', 'db', 'raw']),
    room('ledger', ['core', 'model', 'schema', 'db', 'raw']),
    room('refresh', ['core', 'model', 'schema', 'db', 'load']),
    room('runs', ['core', 'model', 'extract', 'schema', 'db', 'ledger', 'refresh']),
    room('jobs', ['core', 'model', 'extract', 'transform', 'load', 'db', 'raw', 'ledger', 'refresh', 'runs']),
    room('maintenance', ['core', 'model', 'schema', 'db', 'raw', 'load', 'jobs']),
    room('health', ['core', 'model', 'config', 'extract', 'transform', 'schema', 'db', 'raw', 'ledger', 'runs', 'maintenance']),
    room('sandbox', ['core']),
    room('local', ['core']),
    room('web', ['core', 'model', 'schema', 'db', 'load', 'ledger', 'runs', 'jobs', 'health']),
    room('app', ['core', 'model', 'config', 'terminal', 'schema', 'db', 'raw', 'tokens', 'extract', 'transform', 'load', 'ledger', 'refresh', 'runs', 'jobs', 'maintenance', 'health', 'sandbox', 'local', 'web']),
    {
      name: 'pure-rooms-do-no-io',
      severity: 'error',
      comment: 'model, transform and the planner read no file, no network, no clock',
      from: { path: '^src/(model|transform|refresh/(planner|forecast|searches))/' },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'pure-and-outward-rooms-speak-no-sql',
      severity: 'error',
      comment: 'SQL stands in the room that owns the table',
      from: {
        path: '^src/(core|model|config|terminal|extract|transform|jobs|sandbox|refresh/(planner|forecast|searches))/',
        pathNot: '^src/jobs/queue-backend.ts',
      },
      to: { path: 'node_modules/(pg|drizzle-orm|pg-copy-streams)/' },
    },
    {
      name: 'only-extract-speaks-to-the-gateway',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/(extract|health/webhook|app|cli)/' },
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
