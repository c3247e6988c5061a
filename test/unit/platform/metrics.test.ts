import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from '@jest/globals';
import { createMetrics } from '../../../platform/metrics.js';

test('requests are counted and timed by route and status', async () => {
  const metrics = createMetrics({ processMetrics: false });
  metrics.observeRequest({ method: 'GET', route: '/v1/jobs', status: 200, durationMs: 30 });
  metrics.observeRequest({ method: 'GET', route: '/v1/jobs/{id}/events', status: 200, durationMs: 60_000 });
  const { body } = await metrics.render();
  const labels = 'method="GET",route="/v1/jobs",status="200"';
  expect(body).toContain(`quaestor_http_requests_total{${labels}} 1`);
  expect(body).toContain(`quaestor_http_request_duration_seconds_bucket{le="0.05",${labels}} 1`);
  expect(body).toContain(
    'quaestor_http_requests_total{method="GET",route="/v1/jobs/{id}/events",status="200"} 1',
  );
  expect(body).not.toContain('le="60",method="GET",route="/v1/jobs/{id}/events"');
});

test('the SDK’s metrics are appended, and their absence is only noted', async () => {
  const server = createServer((_request, response) => response.end('temporal_workflow_completed 3\n'));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const sdkMetricsUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/metrics`;
  const metrics = createMetrics({ processMetrics: false, sdkMetricsUrl });
  expect((await metrics.render()).body).toContain('temporal_workflow_completed 3');
  server.closeAllConnections();
  await new Promise<void>((resolve) => server.close(() => resolve()));
  const { body } = await metrics.render();
  expect(body).toContain('quaestor_http_requests_total');
  expect(body).toContain('# The Temporal SDK');
});
