/**
 * npm run bench:joins -- --data DIR: are joins found where the database declares no keys?
 *
 * Takes the sample company and each NAME.sql of DIR, hides the declared foreign keys, infers joins as indexing does (names, types,
 * values), and compares: precision is the share of inferred joins that are declared, recall the share of declared ones that are
 * inferred. Keys within one table are left out on both sides. Databases that declare nothing are listed with what was inferred.
 * "names" is the same without a look at the data.
 *
 * Options: --data DIR, --json
 */
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { createPostgresConnector } from '../activities/data-sources/postgres/postgres-connector.js';
import type { InferredJoin, JoinEnds } from '../contracts/schema-joins.js';
import { findJoinCandidates } from '../domain/joins/find-join-candidates.js';
import { type JoinProbe, scoreJoins, USED_CONFIDENCE } from '../domain/joins/score-joins.js';
import { joinName } from '../domain/joins/used-joins.js';
import { createSampleCompany } from '../examples/sample-company/create-sample-company.js';
import { findFreePort } from '../platform/embedded/free-port.js';
import { startEmbeddedPostgres } from '../platform/embedded/native-postgres.js';
import { loadDatabase } from './answers/databases.js';
import { introspect } from './retrieval/load-warehouse.js';

const { values: options } = parseArgs({
  options: { data: { type: 'string' }, json: { type: 'boolean', default: false } },
});

interface Figures {
  database: string;
  declared: number;
  inferred: number;
  right: number;
  byNames: { inferred: number; right: number };
  /** Inferred and not declared: wrong, or a join that the database does not declare. */
  others: string[];
  missed: string[];
}

const written = ({ fromTable, fromColumns, toTable, toColumns }: JoinEnds): string =>
  `${fromTable}(${fromColumns.join(', ')}) -> ${toTable}(${toColumns.join(', ')})`;

async function measure(database: string, connectionString: string): Promise<Figures> {
  const schema = await introspect(connectionString);
  const candidates = findJoinCandidates(schema.tables, []);
  const connector = createPostgresConnector();
  const probes = new Map<number, JoinProbe>();
  await connector.withSampler(
    { connectionString, signal: new AbortController().signal },
    async ({ probeJoin }) => {
      for (const [index, candidate] of candidates.entries())
        probes.set(index, await probeJoin!(candidate, { withReach: candidate.needsReach === true }));
    },
  );
  await connector.close();
  const gold = new Map(
    schema.foreignKeys
      .filter((key) => key.fromTable !== key.toTable)
      .map((key) => [joinName(key), written(key)]),
  );
  const used = (joins: readonly InferredJoin[]) =>
    joins.filter(({ confidence }) => confidence >= USED_CONFIDENCE);
  const right = (joins: readonly InferredJoin[]) => joins.filter((one) => gold.has(joinName(one))).length;
  const inferred = used(scoreJoins(candidates, probes));
  const byNames = used(scoreJoins(candidates, new Map()));
  const found = new Set(inferred.map(joinName));
  return {
    database,
    declared: gold.size,
    inferred: inferred.length,
    right: right(inferred),
    byNames: { inferred: byNames.length, right: right(byNames) },
    others: inferred
      .filter((one) => !gold.has(joinName(one)))
      .map((one) => `${written(one)} ${one.confidence}`),
    missed: [...gold].filter(([name]) => !found.has(name)).map(([, text]) => text),
  };
}

const home = await mkdtemp(join(tmpdir(), 'quaestor-bench-'));
const port = await findFreePort({ preferred: 15_692, taken: new Set() });
const server = await startEmbeddedPostgres({
  dataDir: join(home, 'source'),
  port,
  user: 'postgres',
  password: 'bench',
});
try {
  const results: Figures[] = [];
  await server.createDatabase('company');
  await createSampleCompany({ connectionString: server.connectionString('company'), now: new Date() });
  results.push(await measure('company', server.connectionString('company')));
  const files = options.data
    ? (await readdir(options.data)).filter((name) => name.endsWith('.sql')).sort()
    : [];
  for (const file of files) {
    const database = file.replace(/\.sql$/, '');
    results.push(await measure(database, await loadDatabase(server, options.data!, database, false)));
  }
  if (options.json) process.stdout.write(`${JSON.stringify(results, null, 2)}\n`);
  else
    for (const { database, declared, inferred, right, byNames, others, missed } of results)
      process.stdout.write(
        `${database}: ${declared} declared, ${inferred} inferred, ${right} of them declared (by names alone ${byNames.inferred}, ${byNames.right})\n` +
          [
            ...others.map((one) => `  not declared: ${one}\n`),
            ...missed.map((one) => `  missed: ${one}\n`),
          ].join(''),
      );
} finally {
  await server.stop();
  await rm(home, { recursive: true, force: true });
}
process.exit(0);
