import { v7 as uuidv7 } from 'uuid';
import type { DataSource, ReindexSchedule } from '../../contracts/data-source.js';
import { QuaestorError } from '../../contracts/quaestor-error.js';
import { appendAudit } from '../../db/statements/audit.js';
import {
  deleteDataSource,
  getDataSource,
  insertDataSource,
  listDataSources,
  setQuerySettings,
  setSchedule,
} from '../../db/statements/data-sources.js';
import { findActiveJob } from '../../db/statements/jobs.js';
import { listScheduledQuestions } from '../../db/statements/question-schedules.js';
import { encryptSecret } from '../../platform/encryption.js';
import type { ApiDeps } from '../api-deps.js';
import { checkConnectionString } from '../connection-string.js';
import { findEarlier, idempotencyHeader, idempotencyOf } from '../idempotency.js';
import type { Routes } from '../route.js';
import {
  createDataSourceBody,
  dataSourceListSchema,
  dataSourceSchema,
  putQuerySettingsBody,
  putScheduleBody,
} from '../schemas/data-source.js';
import { idParams } from '../schemas/text.js';

const tag = 'Data sources';
const noSuchSource = (): QuaestorError =>
  new QuaestorError('not_found', 'There is no data source with this id.');

/** Connecting databases. The API itself never opens a connection to one: that is the work of jobs. */
export function addDataSourceRoutes(routes: Routes, deps: ApiDeps): void {
  const { db, engine, config } = deps;

  routes.route(
    {
      method: 'post',
      path: '/v1/data-sources',
      operationId: 'createDataSource',
      tag,
      summary: 'Connect a database',
      description: 'Nothing is connected to yet; indexing is the first to do that.',
      scope: 'data-sources:write',
      headers: idempotencyHeader,
      body: createDataSourceBody,
      replies: { 201: { description: 'Created.', schema: dataSourceSchema } },
      errors: ['data_source_exists', 'data_source_unsupported', 'idempotency_key_reused', 'not_found'],
    },
    async ({ caller, body, req }) => {
      const { address, kind } = checkConnectionString(body.connectionString, body.kind);
      const newId = uuidv7();
      const idempotency = idempotencyOf(req, body, config.encryptionKey);
      const source = await db.withTenant(caller.tenantId, async (tx) => {
        const earlierId = await findEarlier(tx, idempotency, newId);
        if (earlierId !== undefined) return getDataSource(tx, earlierId);
        const binding = `${caller.tenantId}:${newId}`;
        const isNew = await insertDataSource(tx, {
          id: newId,
          name: body.name,
          kind,
          address,
          connectionSecret: encryptSecret(config.encryptionKey, binding, body.connectionString.trim()),
          includeSchemas: body.includeSchemas,
        });
        if (!isNew) throw new QuaestorError('data_source_exists', 'There is a data source with this name.');
        const data = { name: body.name, address };
        await appendAudit(tx, {
          userId: caller.userId,
          action: 'data-source.created',
          subjectId: newId,
          data,
        });
        return getDataSource(tx, newId);
      });
      if (!source) {
        throw new QuaestorError(
          'not_found',
          'This Idempotency-Key made a data source that was deleted since.',
        );
      }
      return { status: 201, body: source, headers: { Location: `/v1/data-sources/${source.id}` } };
    },
  );

  routes.route(
    {
      method: 'get',
      path: '/v1/data-sources',
      operationId: 'listDataSources',
      tag,
      summary: 'List the connected databases',
      scope: 'data-sources:read',
      replies: { 200: { description: 'All, by name.', schema: dataSourceListSchema } },
    },
    async ({ caller }) => ({
      status: 200,
      body: { dataSources: await db.withTenant(caller.tenantId, listDataSources) },
    }),
  );

  const readSource = async (tenantId: string, id: string): Promise<DataSource> => {
    const source = await db.withTenant(tenantId, async (tx) => getDataSource(tx, id));
    if (!source) throw noSuchSource();
    return source;
  };

  routes.route(
    {
      method: 'get',
      path: '/v1/data-sources/{id}',
      operationId: 'readDataSource',
      tag,
      summary: 'Read one data source',
      scope: 'data-sources:read',
      params: idParams,
      replies: { 200: { description: 'The data source.', schema: dataSourceSchema } },
    },
    async ({ caller, params }) => ({ status: 200, body: await readSource(caller.tenantId, params.id) }),
  );

  routes.route(
    {
      method: 'delete',
      path: '/v1/data-sources/{id}',
      operationId: 'deleteDataSource',
      tag,
      summary: 'Delete a data source with its index, questions and answers',
      description: 'The database itself is not touched. An indexing that runs is cancelled.',
      scope: 'data-sources:write',
      params: idParams,
      replies: { 204: { description: 'Deleted.' } },
      errors: ['engine_unavailable'],
    },
    async ({ caller, params }) => {
      const source = await readSource(caller.tenantId, params.id);
      // First the schedules: one that outlives its data source would start jobs for ever.
      if (source.schedule) await engine.deleteReindexSchedule(source.id);
      const scheduled = await db.withTenant(caller.tenantId, async (tx) =>
        listScheduledQuestions(tx, source.id),
      );
      for (const questionId of scheduled) await engine.deleteQuestionSchedule(questionId);
      const indexing = await db.withTenant(caller.tenantId, async (tx) => {
        const job = await findActiveJob(tx, source.id, 'index-source');
        if (!(await deleteDataSource(tx, source.id))) throw noSuchSource();
        const data = { name: source.name };
        await appendAudit(tx, {
          userId: caller.userId,
          action: 'data-source.deleted',
          subjectId: source.id,
          data,
        });
        return job;
      });
      if (indexing) {
        await engine.cancel(indexing.id).catch((error: unknown) => {
          deps.logger.warn(
            { err: error, jobId: indexing.id },
            'could not cancel the indexing of a deleted source',
          );
        });
      }
      return { status: 204 };
    },
  );

  const keepSchedule = async (
    caller: { tenantId: string; userId: string },
    source: DataSource,
    schedule: ReindexSchedule | null,
  ): Promise<DataSource> => {
    const put = async (next: ReindexSchedule | null): Promise<void> => {
      const input = { tenantId: caller.tenantId, dataSourceId: source.id, dataSourceName: source.name };
      if (next) await engine.putReindexSchedule({ ...input, schedule: next });
      else await engine.deleteReindexSchedule(source.id);
    };
    await put(schedule);
    try {
      return await db.withTenant(caller.tenantId, async (tx) => {
        if (!(await setSchedule(tx, source.id, schedule))) throw noSuchSource();
        const action = schedule ? 'schedule.set' : 'schedule.removed';
        await appendAudit(tx, {
          userId: caller.userId,
          action,
          subjectId: source.id,
          data: { ...schedule },
        });
        return { ...source, schedule };
      });
    } catch (error) {
      // The row says what it said before, so the engine shall do so too.
      const isGone = error instanceof QuaestorError && error.code === 'not_found';
      await put(isGone ? null : source.schedule).catch((failure: unknown) => {
        deps.logger.error({ err: failure, dataSourceId: source.id }, 'schedule and row may differ');
      });
      throw error;
    }
  };

  routes.route(
    {
      method: 'put',
      path: '/v1/data-sources/{id}/schedule',
      operationId: 'putSchedule',
      tag,
      summary: 'Index a data source again and again',
      description:
        'One run at a time; what was missed during the last ten minutes of an outage is made up for once.',
      scope: 'data-sources:write',
      params: idParams,
      body: putScheduleBody,
      replies: { 200: { description: 'The data source with its schedule.', schema: dataSourceSchema } },
      errors: ['engine_unavailable'],
    },
    async ({ caller, params, body }) => {
      const source = await readSource(caller.tenantId, params.id);
      return { status: 200, body: await keepSchedule(caller, source, body) };
    },
  );

  routes.route(
    {
      method: 'put',
      path: '/v1/data-sources/{id}/query-settings',
      operationId: 'putQuerySettings',
      tag,
      summary: 'Set what queries on a data source may cost and call',
      description: 'Replaces all settings; they hold for questions that are asked from now on.',
      scope: 'data-sources:write',
      params: idParams,
      body: putQuerySettingsBody,
      replies: { 200: { description: 'The data source with its settings.', schema: dataSourceSchema } },
    },
    async ({ caller, params, body }) => {
      const source = await db.withTenant(caller.tenantId, async (tx) => {
        if (!(await setQuerySettings(tx, params.id, body))) throw noSuchSource();
        await appendAudit(tx, {
          userId: caller.userId,
          action: 'query-settings.set',
          subjectId: params.id,
          data: { ...body },
        });
        return getDataSource(tx, params.id);
      });
      if (!source) throw noSuchSource();
      return { status: 200, body: source };
    },
  );

  routes.route(
    {
      method: 'delete',
      path: '/v1/data-sources/{id}/schedule',
      operationId: 'deleteSchedule',
      tag,
      summary: 'Stop indexing by schedule',
      scope: 'data-sources:write',
      params: idParams,
      replies: { 204: { description: 'There is no schedule now.' } },
      errors: ['engine_unavailable'],
    },
    async ({ caller, params }) => {
      const source = await readSource(caller.tenantId, params.id);
      await keepSchedule(caller, source, null);
      return { status: 204 };
    },
  );
}
