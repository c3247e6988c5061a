import { QuaestorError } from '../../contracts/quaestor-error.js';
import type { JoinEnds } from '../../contracts/schema-joins.js';
import { appendAudit } from '../../db/statements/audit.js';
import { getDataSourceForAsking } from '../../db/statements/data-sources.js';
import { loadJoinDecisions, putJoinDecisions } from '../../db/statements/joins.js';
import { loadInferredJoins } from '../../db/statements/registry/inferred-joins.js';
import { loadForeignKeys } from '../../db/statements/registry/schema.js';
import { knownJoins } from '../../domain/joins/used-joins.js';
import type { NameBook } from '../../domain/mapping/name-book.js';
import type { ApiDeps } from '../api-deps.js';
import { loadNameBook } from '../load-name-book.js';
import type { Routes } from '../route.js';
import { joinListSchema, listJoinsQuery, putJoinsBody } from '../schemas/join.js';
import { mappingReportSchema } from '../schemas/mapping.js';
import { idParams } from '../schemas/text.js';

const tag = 'Schema mapping';

/** Joins that are declared, inferred or given, and what people decide about them. */
export function addJoinRoutes(routes: Routes, { db }: ApiDeps): void {
  routes.route(
    {
      method: 'get',
      path: '/v1/data-sources/{id}/joins',
      operationId: 'listJoins',
      tag,
      summary: 'List the joins of a schema',
      description:
        'Declared keys, joins inferred from names, types and values, and joins given by people or an import. Questions use those that are accepted, ' +
        'and of the others, unless rejected, those that are declared or of a confidence of 0.6 or more.',
      scope: 'data-sources:read',
      params: idParams,
      query: listJoinsQuery,
      replies: { 200: { description: 'Declared ones first, then by confidence.', schema: joinListSchema } },
      errors: ['data_source_not_indexed'],
    },
    async ({ caller, params, query }) => {
      const joins = await db.withTenant(caller.tenantId, async (tx) => {
        const source = await getDataSourceForAsking(tx, params.id);
        if (!source) throw new QuaestorError('not_found', 'There is no data source with this id.');
        const versionId = source.activeVersionId;
        if (versionId === null)
          throw new QuaestorError('data_source_not_indexed', 'The data source has no index yet.');
        return knownJoins(
          await loadForeignKeys(tx, versionId),
          await loadInferredJoins(tx, versionId),
          await loadJoinDecisions(tx, params.id),
        );
      });
      const { table, source, limit } = query;
      const fitting = joins.filter(
        (join) =>
          (table === undefined || join.fromTable === table || join.toTable === table) &&
          (source === undefined || join.source === source),
      );
      return { status: 200, body: { joins: fitting.slice(0, limit), truncated: fitting.length > limit } };
    },
  );

  routes.route(
    {
      method: 'put',
      path: '/v1/data-sources/{id}/joins',
      operationId: 'putJoins',
      tag,
      summary: 'Accept, reject or give joins',
      description:
        'By canonical name, so decisions survive re-indexing. A join that nobody inferred may be given as well.',
      scope: 'data-sources:write',
      params: idParams,
      body: putJoinsBody,
      replies: { 200: { description: 'How many decisions changed.', schema: mappingReportSchema } },
      errors: ['mapping_invalid', 'data_source_not_indexed'],
    },
    async ({ caller, params, body }) => {
      const updated = await db.withTenant(caller.tenantId, async (tx) => {
        const tables = body.joins.flatMap((join) => [join.fromTable, join.toTable]);
        const book = await loadNameBook(tx, params.id, tables);
        const joins = body.joins.map((join, index) => ({ ...join, ...resolveEnds(join, book, index) }));
        const changed = await putJoinDecisions(tx, params.id, joins, 'person');
        await appendAudit(tx, {
          userId: caller.userId,
          action: 'joins.put',
          subjectId: params.id,
          data: { joins: joins.length, changed },
        });
        return changed;
      });
      const unchanged = Math.max(0, body.joins.length - updated);
      return { status: 200, body: { created: 0, updated, unchanged, unmatched: [] } };
    },
  );
}

/** The ends by canonical and exact names. @throws QuaestorError `mapping_invalid`. */
function resolveEnds(join: JoinEnds, book: NameBook, index: number): JoinEnds {
  const end = (table: string, columns: readonly string[]) => {
    const resolved = book.resolveColumns(table, columns);
    if ('columns' in resolved) return resolved;
    const near = resolved.nearest.length > 0 ? ` Nearest: ${resolved.nearest.join(', ')}.` : '';
    throw new QuaestorError('mapping_invalid', `joins.${index}: ${resolved.reason}${near}`, {
      details: { issues: [{ index, name: table, reason: resolved.reason, nearest: resolved.nearest }] },
    });
  };
  const from = end(join.fromTable, join.fromColumns);
  const to = end(join.toTable, join.toColumns);
  return { fromTable: from.table, fromColumns: from.columns, toTable: to.table, toColumns: to.columns };
}
