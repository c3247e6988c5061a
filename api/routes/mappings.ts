import type { Caller } from '../../contracts/identity.js';
import { QuaestorError } from '../../contracts/quaestor-error.js';
import { MAPPING_LIMITS, type MappingContent } from '../../contracts/schema-mapping.js';
import type { Transaction } from '../../db/database.js';
import { appendAudit } from '../../db/statements/audit.js';
import { getDataSourceForAsking } from '../../db/statements/data-sources.js';
import {
  deleteMapping,
  getMapping,
  listMappings,
  putMappings,
  setMappingStatus,
} from '../../db/statements/mappings.js';
import { checkMappings } from '../../domain/mapping/check-mappings.js';
import type { ApiDeps } from '../api-deps.js';
import { importMappings, readDbtDocument } from '../import-mappings.js';
import { loadNameBook } from '../load-name-book.js';
import type { Routes } from '../route.js';
import {
  importMappingsBody,
  importReportSchema,
  listMappingsQuery,
  mappingListSchema,
  mappingParams,
  mappingReportSchema,
  mappingSchema,
  putMappingStatusBody,
  putMappingsBody,
} from '../schemas/mapping.js';
import { idParams } from '../schemas/text.js';

const tag = 'Schema mapping';
const noSuchMapping = (): QuaestorError =>
  new QuaestorError('not_found', 'This data source has no mapping with this id.');

async function assertSource(tx: Transaction, id: string): Promise<void> {
  if (!(await getDataSourceForAsking(tx, id)))
    throw new QuaestorError('not_found', 'There is no data source with this id.');
}

/** What people say about a schema: words, descriptions, metrics, examples, instructions, pins, excludes, subject areas. */
export function addMappingRoutes(routes: Routes, { db }: ApiDeps): void {
  const audit = (tx: Transaction, caller: Caller, action: string, subjectId: string, data: object) =>
    appendAudit(tx, { userId: caller.userId, action, subjectId, data: { ...data } });

  routes.route(
    {
      method: 'get',
      path: '/v1/data-sources/{id}/mappings',
      operationId: 'listMappings',
      tag,
      summary: 'List what is said about a schema',
      scope: 'data-sources:read',
      params: idParams,
      query: listMappingsQuery,
      replies: { 200: { description: 'A page, oldest first.', schema: mappingListSchema } },
    },
    async ({ caller, params, query }) => {
      const mappings = await db.withTenant(caller.tenantId, async (tx) => {
        await assertSource(tx, params.id);
        return await listMappings(tx, params.id, { ...query, limit: query.limit + 1 });
      });
      const page = mappings.slice(0, query.limit);
      const nextAfter = mappings.length > page.length ? page.at(-1)?.id : undefined;
      return { status: 200, body: { mappings: page, ...(nextAfter ? { nextAfter } : {}) } };
    },
  );

  routes.route(
    {
      method: 'put',
      path: '/v1/data-sources/{id}/mappings',
      operationId: 'putMappings',
      tag,
      summary: 'Say things about a schema',
      description:
        'All or none are taken. What was said before in other words (of a description, a metric, an example’s SQL, an area) is changed. Words and ' +
        'examples count from the next question on; vectors follow with the next indexing.',
      scope: 'data-sources:write',
      params: idParams,
      body: putMappingsBody,
      replies: { 200: { description: 'What changed.', schema: mappingReportSchema } },
      errors: ['mapping_invalid', 'data_source_not_indexed'],
    },
    async ({ caller, params, body }) => {
      const report = await db.withTenant(caller.tenantId, async (tx) => {
        const book = await loadNameBook(tx, params.id, namesOf(body.mappings));
        const { entries, issues } = checkMappings(body.mappings, book);
        const [first] = issues;
        if (first) {
          const near = first.nearest.length > 0 ? ` Nearest: ${first.nearest.join(', ')}.` : '';
          throw new QuaestorError('mapping_invalid', `mappings.${first.index}: ${first.reason}${near}`, {
            details: { issues: issues.slice(0, 50) },
          });
        }
        const counts = await putMappings(tx, { dataSourceId: params.id }, entries, { origin: 'person' });
        await audit(tx, caller, 'mappings.put', params.id, counts);
        return { ...counts, unmatched: [] };
      });
      return { status: 200, body: report };
    },
  );

  routes.route(
    {
      method: 'post',
      path: '/v1/data-sources/{id}/mappings/import',
      operationId: 'importMappings',
      tag,
      summary: 'Take over what dbt knows',
      description:
        'Reads a `manifest.json` or a `schema.yml`: descriptions of models, sources and columns, `meta.synonyms`, `relationships` tests (as ' +
        'accepted joins) and metrics. What the index does not have is reported and passed over.',
      scope: 'data-sources:write',
      params: idParams,
      body: importMappingsBody,
      bodyBytes: MAPPING_LIMITS.importBytes,
      replies: { 200: { description: 'What matched and what did not.', schema: importReportSchema } },
      errors: ['mapping_import_unreadable', 'data_source_not_indexed'],
    },
    async ({ caller, params, body }) => {
      const dbt = readDbtDocument(body.document);
      const report = await db.withTenant(caller.tenantId, async (tx) => {
        const imported = await importMappings(tx, params.id, dbt);
        const { unmatched, ...counts } = imported;
        await audit(tx, caller, 'mappings.imported', params.id, { ...counts, unmatched: unmatched.length });
        return imported;
      });
      return { status: 200, body: report };
    },
  );

  routes.route(
    {
      method: 'get',
      path: '/v1/data-sources/{id}/mappings/{mappingId}',
      operationId: 'readMapping',
      tag,
      summary: 'Read one mapping',
      scope: 'data-sources:read',
      params: mappingParams,
      replies: { 200: { description: 'The mapping.', schema: mappingSchema } },
    },
    async ({ caller, params }) => {
      const mapping = await db.withTenant(caller.tenantId, (tx) =>
        getMapping(tx, params.id, params.mappingId),
      );
      if (!mapping) throw noSuchMapping();
      return { status: 200, body: mapping };
    },
  );

  routes.route(
    {
      method: 'put',
      path: '/v1/data-sources/{id}/mappings/{mappingId}/status',
      operationId: 'putMappingStatus',
      tag,
      summary: 'Accept or reject a mapping',
      description:
        'For what a model generated: only accepted ones count, and rejected ones are not proposed again.',
      scope: 'data-sources:write',
      params: mappingParams,
      body: putMappingStatusBody,
      replies: { 200: { description: 'The mapping as it is now.', schema: mappingSchema } },
    },
    async ({ caller, params, body }) => {
      const mapping = await db.withTenant(caller.tenantId, async (tx) => {
        const changed = await setMappingStatus(tx, params.id, params.mappingId, body.status);
        if (!changed) throw noSuchMapping();
        const data = { mappingId: params.mappingId, kind: changed.kind };
        await audit(tx, caller, `mapping.${body.status}`, params.id, data);
        return changed;
      });
      return { status: 200, body: mapping };
    },
  );

  routes.route(
    {
      method: 'delete',
      path: '/v1/data-sources/{id}/mappings/{mappingId}',
      operationId: 'deleteMapping',
      tag,
      summary: 'Take a mapping back',
      scope: 'data-sources:write',
      params: mappingParams,
      replies: { 204: { description: 'Gone.' } },
    },
    async ({ caller, params }) => {
      await db.withTenant(caller.tenantId, async (tx) => {
        if (!(await deleteMapping(tx, params.id, params.mappingId))) throw noSuchMapping();
        await audit(tx, caller, 'mapping.deleted', params.id, { mappingId: params.mappingId });
      });
      return { status: 204 };
    },
  );
}

/** Names that entries speak of. */
function namesOf(entries: readonly MappingContent[]): string[] {
  return entries.flatMap((entry) => ('target' in entry ? [entry.target] : []));
}
