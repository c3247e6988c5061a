import { QuaestorError } from '../../contracts/quaestor-error.js';
import type { RegistryTable } from '../../contracts/schema-registry.js';
import type { IndexSourceInput } from '../../contracts/workflows.js';
import { appendEvent } from '../../db/statements/events.js';
import { listTableHeads, loadColumns, type TableHead } from '../../db/statements/registry/schema.js';
import { saveSampledValues } from '../../db/statements/registry/values.js';
import { activitySignal, withHeartbeat } from '../activity-context.js';
import type { ValueSampler } from './connector.js';
import type { DataSourceDeps } from './data-source-deps.js';
import { expectReturn } from './expect-return.js';
import { loadSourceConnection } from './source-connection.js';

export interface SampleValuesInput extends IndexSourceInput {
  versionId: string;
}

/** Tables whose columns are read, and whose values are kept, in one transaction each. */
const PAGE_TABLES = 100;
/** For all tables together; those that are not reached by then have no sampled values. */
const BUDGET_MS = 3 * 60_000;
/** Skipped tables that are told by name. */
const TOLD_SKIPS = 20;

/**
 * Samples the values of a version's text columns (see sampleTable). A table that refuses, or takes too long, is skipped, and the
 * event says so; only a data source that has gone away fails the step.
 */
export async function sampleValues(deps: DataSourceDeps, input: SampleValuesInput): Promise<void> {
  await withHeartbeat(async () => {
    const started = Date.now();
    const { connector, connectionString } = await loadSourceConnection(
      deps,
      input.tenantId,
      input.dataSourceId,
    );
    const heads = await deps.db.withTenant(input.tenantId, (tx) => listTableHeads(tx, input.versionId));
    heads.sort((a, b) => (a.canonicalTableName < b.canonicalTableName ? -1 : 1));
    const counts = { columns: 0, values: 0, withheld: 0 };
    const skipped: { table: string; reason: string }[] = [];

    const samplePage = async (sampler: ValueSampler, tables: readonly RegistryTable[]) => {
      const page: Record<string, string[]> = {};
      for (const table of tables) {
        const skip = (reason: string) => skipped.push({ table: table.canonicalTableName, reason });
        if (Date.now() - started > BUDGET_MS) {
          skip('out of time');
          continue;
        }
        try {
          const sample = await sampler.sampleTable(table);
          counts.withheld += sample?.withheld ?? 0;
          Object.assign(page, sample?.values);
        } catch (error) {
          const isRefusal = error instanceof QuaestorError && error.code !== 'data_source_connection_lost';
          if (!isRefusal || activitySignal().aborted) throw error;
          skip(error.code);
        }
      }
      return page;
    };
    const sampleAll = async (sampler: ValueSampler) => {
      for (let start = 0; start < heads.length; start += PAGE_TABLES) {
        const tables = await loadTables(deps, input, heads.slice(start, start + PAGE_TABLES));
        const page = await samplePage(sampler, tables);
        const lists = Object.values(page);
        counts.columns += lists.length;
        counts.values += lists.reduce((sum, list) => sum + list.length, 0);
        if (lists.length > 0)
          await deps.db.withTenant(input.tenantId, (tx) => saveSampledValues(tx, input, page));
      }
    };
    await expectReturn(true, () =>
      connector.withSampler({ connectionString, signal: activitySignal() }, sampleAll),
    );

    await deps.db.withTenant(input.tenantId, async (tx) => {
      const event = {
        ...counts,
        skipped: skipped.length,
        skippedTables: skipped.slice(0, TOLD_SKIPS),
        durationMs: Date.now() - started,
      };
      await appendEvent(tx, input.jobId, 'values.sampled', event, `sampled-${input.versionId}`);
    });
    deps.bus.publish(input.jobId);
  });
}

async function loadTables(
  deps: DataSourceDeps,
  input: SampleValuesInput,
  heads: readonly TableHead[],
): Promise<RegistryTable[]> {
  const names = heads.map((head) => head.canonicalTableName);
  const columns = await deps.db.withTenant(input.tenantId, (tx) => loadColumns(tx, input.versionId, names));
  return heads.map(({ columnsHash: _hash, columnCount: _count, ...head }) => ({
    ...head,
    columns: columns.get(head.canonicalTableName) ?? [],
  }));
}
