import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { type CannedApi, json, startCannedApi } from './support/canned-api.js';
import { source } from './support/fixtures.js';
import { runMain } from './support/run-main.js';

let api: CannedApi;
let env: NodeJS.ProcessEnv;
beforeEach(async () => {
  api = await startCannedApi();
  env = { QUAESTOR_API_URL: api.url, QUAESTOR_API_KEY: 'qsk_1' };
  api.on('GET /v1/data-sources', json({ dataSources: [source] }));
});
afterEach(async () => {
  await api.close();
});

describe('quaestor examples', () => {
  const dataset = { id: '0190d7a8-7d0f-7c1e-9f2a-3b1c5d7e9f01', name: 'sales.csv' };
  const path = `/v1/datasets/${dataset.id}/examples`;
  beforeEach(() => api.on('GET /v1/datasets', json({ datasets: [dataset] })));

  test('those of a dataset are listed, and removed, by its name', async () => {
    const example = {
      ...{ id: 'e1', questionId: 'q1', question: 'Total by region', sql: 'SELECT 1', columns: ['n'] },
      ...{ rowCount: 1, verifiedBy: 'Ada', verifiedAt: '2026-01-01T00:00:00.000Z' },
    };
    api.on(`GET ${path}`, json({ examples: [example] }));
    api.on(`DELETE ${path}/e1`, (_, response) => {
      response.writeHead(204).end();
    });
    const listed = await runMain(['examples', 'list', '--dataset', 'sales'], { env });
    expect(listed.stdout).toContain('Total by region');
    expect((await runMain(['examples', 'remove', 'e1', '-d', 'sales.csv'], { env })).exitCode).toBe(0);
    expect(api.seen.at(-1)).toMatchObject({ method: 'DELETE' });
  });

  test('a data source and a dataset at once are wrong usage', async () => {
    const args = ['examples', 'list', '--dataset', 'sales', '--source', 'shop'];
    expect((await runMain(args, { env })).exitCode).toBe(2);
  });
});

describe('quaestor search and mappings', () => {
  const path = `/v1/data-sources/${source.id}`;

  test('search prints tables with reasons, fitting columns and joins', async () => {
    api.on(
      `POST ${path}/search`,
      json({
        tables: [
          {
            canonicalTableName: 'public.orders',
            rank: 1,
            score: 1.5,
            reasons: ['words: orders'],
            kind: 'table',
            comment: null,
            estimatedRows: 10,
            columnCount: 5,
            columns: [{ name: 'total', dataType: 'numeric', comment: null, values: [] }],
            family: { members: 3, first: 'public.orders_1', last: 'public.orders' },
          },
        ],
        joins: [
          {
            name: 'k',
            fromTable: 'public.orders',
            fromColumns: ['r'],
            toTable: 'public.regions',
            toColumns: ['id'],
          },
        ],
        values: {},
        mappings: {},
        durationMs: 12,
      }),
    );
    const { exitCode, stdout } = await runMain(['search', 'total', 'of', 'orders', '--limit', '5'], { env });
    expect(exitCode).toBe(0);
    expect(stdout).toContain('1. public.orders  1.50  5 columns, one of 3 alike');
    expect(stdout).toContain('words: orders');
    expect(stdout).toContain('columns: total');
    expect(stdout).toContain('join public.orders.r = public.regions.id');
    expect(api.seen.at(-1)?.body).toEqual({ query: 'total of orders', limit: 5 });
  });

  test('one thing is said on one line, and what makes no sense is refused before anything is sent', async () => {
    api.on(`PUT ${path}/mappings`, json({ created: 1, updated: 0, unchanged: 0, unmatched: [] }));
    const said = await runMain(['mappings', 'add', 'synonym', 'orders', 'big', 'deals'], { env });
    expect(said.stdout).toContain('1 new, 0 changed, 0 as before.');
    expect(api.seen.at(-1)?.body).toEqual({
      mappings: [{ kind: 'synonym', target: 'orders', text: 'big deals' }],
    });
    for (const words of [
      ['metric', 'x'],
      ['pin', 'orders', 'text'],
      ['synonym', 'orders'],
    ]) {
      const { exitCode } = await runMain(['mappings', 'add', ...words], { env });
      expect(exitCode).toBe(2);
    }
  });

  test('an import tells what matched and what did not', async () => {
    api.on(
      `POST ${path}/mappings/import`,
      json({
        created: 2,
        updated: 0,
        unchanged: 0,
        matchedTables: 1,
        joins: 0,
        unmatched: [{ name: 'refunds', reason: 'The index has no such table.', nearest: ['public.returns'] }],
      }),
    );
    const { stdout } = await runMain(['mappings', 'import', '-'], { env, stdin: 'models: []' });
    expect(stdout).toContain('1 table matched, 0 joins taken over.');
    expect(stdout).toContain('refunds: The index has no such table. Nearest: public.returns');
    expect(api.seen.at(-1)?.body).toEqual({ document: 'models: []' });
  });
});
