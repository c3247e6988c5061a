import { z } from 'zod';
import type { ApiDeps } from '../api-deps.js';
import type { Routes } from '../route.js';
import { healthSchema, liveSchema, readySchema } from '../schemas/health.js';

const common = { method: 'get', tag: 'Operation', scope: null } as const;
const noStore = { 'Cache-Control': 'no-store' };

export function addHealthRoutes(routes: Routes, { health, metrics }: ApiDeps): void {
  routes.route(
    {
      ...common,
      path: '/health',
      operationId: 'readHealth',
      summary: 'How Quaestor and its parts are',
      replies: {
        200: {
          description: '`ok`, or `degraded`: something works in a lesser way or not at all.',
          schema: healthSchema,
        },
        503: { description: '`down`: nothing can be answered.', schema: healthSchema },
      },
    },
    async () => {
      const report = await health.check();
      return { status: report.status === 'down' ? 503 : 200, body: report, headers: noStore };
    },
  );

  routes.route(
    {
      ...common,
      path: '/health/live',
      operationId: 'readLiveness',
      summary: 'Whether this process lives',
      replies: { 200: { description: 'It does.', schema: liveSchema } },
    },
    async () => ({ status: 200, body: { live: true }, headers: noStore }),
  );

  routes.route(
    {
      ...common,
      path: '/health/ready',
      operationId: 'readReadiness',
      summary: 'Whether this process can take requests',
      replies: {
        200: { description: 'It can.', schema: readySchema },
        503: { description: 'It cannot now.', schema: readySchema },
      },
    },
    async () => {
      const { ready } = await health.check();
      return { status: ready ? 200 : 503, body: { ready }, headers: noStore };
    },
  );

  routes.route(
    {
      ...common,
      path: '/metrics',
      operationId: 'readMetrics',
      summary: 'Metrics for Prometheus',
      replies: {
        200: {
          description: 'Text format.',
          contentType: 'text/plain',
          schema: z.string().meta({ id: 'Metrics' }),
        },
      },
    },
    async ({ res }) => {
      const { contentType, body } = await metrics.render();
      res.status(200).set('Content-Type', contentType).send(body);
      return undefined;
    },
  );
}
