/**
 * Who may import whom (docs/ARCHITECTURE.md, "Rooms"). Type-only imports are free.
 * Each room lists the rooms it may import by value; everything else among the rooms is an error.
 */
const rooms = {
  contracts: [],
  domain: ['contracts'],
  workflows: ['contracts', 'domain'],
  activities: ['contracts', 'domain', 'db', 'platform'],
  workers: ['activities', 'contracts', 'platform', 'db', 'workflows'],
  api: ['contracts', 'domain', 'platform', 'db'],
  db: ['contracts', 'platform'],
  platform: ['contracts'],
  cli: ['contracts'],
};
const all = [...Object.keys(rooms), 'test', 'bench', 'scripts', 'examples'];
const valueOnly = { dependencyTypesNot: ['type-only'] };

module.exports = {
  forbidden: [
    ...Object.entries(rooms).map(([room, allowed]) => ({
      name: `${room}-imports`,
      severity: 'error',
      comment: `${room}/ may import only: ${[room, ...allowed].join(', ')}`,
      from: {
        path: `^${room}/`,
        // The one process that is everything at once also opens the API's door.
        ...(room === 'workers' ? { pathNot: '^workers/all-in-one\\.ts$' } : {}),
      },
      to: { path: `^(${all.filter((r) => r !== room && !allowed.includes(r)).join('|')})/`, ...valueOnly },
    })),
    {
      name: 'workers-all-in-one-imports',
      severity: 'error',
      from: { path: '^workers/all-in-one\\.ts$' },
      to: { path: '^(cli|test|bench|scripts|examples)/', ...valueOnly },
    },
    {
      name: 'pure-rooms-have-no-effects',
      severity: 'error',
      comment: 'contracts, domain and workflows import no node built-in',
      from: { path: '^(contracts|domain|workflows)/' },
      to: { dependencyTypes: ['core'], ...valueOnly },
    },
    {
      name: 'contracts-import-no-package',
      severity: 'error',
      from: { path: '^contracts/' },
      to: { dependencyTypes: ['npm', 'npm-dev'], ...valueOnly },
    },
    {
      name: 'domain-and-workflows-stay-away-from-drivers',
      severity: 'error',
      from: { path: '^(domain|workflows)/' },
      to: {
        path: 'node_modules/(pg|openai|ioredis|express|zod|@temporalio/(client|worker|activity))/',
        ...valueOnly,
      },
    },
    {
      name: 'api-does-no-work',
      severity: 'error',
      from: { path: '^api/' },
      to: { path: 'node_modules/(pg|openai|@duckdb|@temporalio/(worker|activity))/', ...valueOnly },
    },
    {
      name: 'db-is-only-the-database',
      severity: 'error',
      from: { path: '^db/' },
      to: { path: 'node_modules/(@temporalio|openai|express)/', ...valueOnly },
    },
    { name: 'no-cycles', severity: 'error', comment: 'Types count, too.', from: {}, to: { circular: true } },
    { name: 'no-unresolvable', severity: 'error', from: {}, to: { couldNotResolve: true } },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^dist/|^coverage/|^\\.quaestor/)' },
    tsPreCompilationDeps: 'specify',
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default'],
      extensions: ['.ts', '.js', '.mjs', '.cjs', '.json'],
    },
  },
};
