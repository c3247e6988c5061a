import { Counter, collectDefaultMetrics, Histogram, Registry } from 'prom-client';

export interface Metrics {
  /** For a process's own metrics. */
  readonly registry: Registry;
  /** `route` is the route's pattern, never the path: a label for each id would never end. */
  observeRequest(request: { method: string; route: string; status: number; durationMs: number }): void;
  /** All metrics in Prometheus' text format, with the Temporal SDK's appended when its endpoint answers. */
  render(): Promise<{ contentType: string; body: string }>;
}

export interface MetricsOptions {
  /** The Temporal SDK's Prometheus endpoint in this process, for example `http://127.0.0.1:9464/metrics`. */
  sdkMetricsUrl?: string | undefined;
  /** Memory, CPU, event loop and garbage collection of this process. Default true. */
  processMetrics?: boolean;
}

const SDK_TIMEOUT_MS = 1_000;

export function createMetrics(options: MetricsOptions = {}): Metrics {
  const registry = new Registry();
  if (options.processMetrics !== false) collectDefaultMetrics({ register: registry });
  const labelNames = ['method', 'route', 'status'] as const;
  const requests = new Counter({
    name: 'quaestor_http_requests_total',
    help: 'HTTP requests that were answered.',
    labelNames,
    registers: [registry],
  });
  const durations = new Histogram({
    name: 'quaestor_http_request_duration_seconds',
    help: 'Time from request to the end of the reply; event streams are counted but not timed.',
    labelNames,
    buckets: [0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30, 60],
    registers: [registry],
  });
  return {
    registry,
    observeRequest({ method, route, status, durationMs }) {
      const labels = { method, route, status: String(status) };
      requests.inc(labels);
      // A stream lasts as long as its job, which says nothing about the API.
      if (!route.endsWith('/events')) durations.observe(labels, durationMs / 1_000);
    },
    async render() {
      const [own, sdk] = await Promise.all([registry.metrics(), readSdkMetrics(options.sdkMetricsUrl)]);
      return { contentType: registry.contentType, body: sdk ? `${own}\n${sdk}` : own };
    },
  };
}

async function readSdkMetrics(url: string | undefined): Promise<string> {
  if (!url) return '';
  try {
    const reply = await fetch(url, { signal: AbortSignal.timeout(SDK_TIMEOUT_MS) });
    if (!reply.ok) throw new Error(`status ${reply.status}`);
    return await reply.text();
  } catch (error) {
    return `# The Temporal SDK's metrics are not available: ${error instanceof Error ? error.name : 'unknown'}\n`;
  }
}
