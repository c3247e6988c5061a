import { QuaestorError } from '../contracts/quaestor-error.js';
import type { ModelConfig } from './config.js';
import type { DatasetStore, RemoteFiles } from './dataset-store/dataset-store.js';

export type PartStatus = 'ok' | 'degraded' | 'down';

export interface PartReport {
  status: PartStatus;
  /** One short sentence for operators; no addresses with secrets. */
  detail?: string;
}

export interface HealthReport {
  /** `down` when a part is down without which nothing can be answered. */
  status: PartStatus;
  /** The process answers. */
  live: true;
  /** It can answer requests; false takes it out of a load balancer. */
  ready: boolean;
  parts: Record<string, PartReport>;
}

export interface HealthPart {
  /** Throwing means down. */
  check(): Promise<PartReport>;
  /** Without it the process is not ready. Default false: the part's absence only degrades. */
  isVital?: boolean;
}

export interface Health {
  check(): Promise<HealthReport>;
}

/** Checks each part with a limit of `timeoutMs` (default 1 s); callers at the same moment share one check. */
export function createHealth(parts: Record<string, HealthPart>, timeoutMs = 1_000): Health {
  let running: Promise<HealthReport> | undefined;
  const run = async (): Promise<HealthReport> => {
    const entries = await Promise.all(
      Object.entries(parts).map(
        async ([name, part]) => [name, await checkPart(part, timeoutMs)] as [string, PartReport],
      ),
    );
    const isDown = entries.some(([name, report]) => report.status === 'down' && parts[name]?.isVital);
    const isOk = entries.every(([, report]) => report.status === 'ok');
    return {
      status: isDown ? 'down' : isOk ? 'ok' : 'degraded',
      live: true,
      ready: !isDown,
      parts: Object.fromEntries(entries),
    };
  };
  return {
    check() {
      running ??= run().finally(() => {
        running = undefined;
      });
      return running;
    },
  };
}

async function checkPart(part: HealthPart, timeoutMs: number): Promise<PartReport> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<PartReport>((resolve) => {
    timer = setTimeout(
      () => resolve({ status: 'down', detail: `No answer within ${timeoutMs} ms.` }),
      timeoutMs,
    );
  });
  try {
    return await Promise.race([part.check(), timeout]);
  } catch (error) {
    return { status: 'down', detail: error instanceof Error ? error.message : String(error) };
  } finally {
    clearTimeout(timer);
  }
}

/** The parts that the API and a worker depend on. */
export function createStandardHealth(deps: {
  db: { ping(): Promise<void> };
  engine: { isReachable(timeoutMs: number): Promise<boolean> };
  bus: { readonly kind: string; isDegraded(): boolean };
  /** Only where requests are limited. */
  limiter?: { isDegraded(): boolean };
  /** Only where answers are cached. */
  answers?: { isDegraded(): boolean };
  files?: Pick<DatasetStore, 'remote'>;
  model: ModelConfig;
}): Health {
  return createHealth({
    store: {
      isVital: true,
      check: createStoreCheck(deps.db),
    },
    engine: {
      check: async () =>
        (await deps.engine.isReachable(900))
          ? { status: 'ok' }
          : { status: 'down', detail: 'The workflow engine does not answer.' },
    },
    model: { check: async () => modelReport(deps.model) },
    bus: {
      check: async () =>
        deps.bus.isDegraded()
          ? { status: 'degraded', detail: 'Redis is away: events are read by polling.' }
          : { status: 'ok', detail: deps.bus.kind },
    },
    ...(deps.files?.remote ? { files: createBucketPart(deps.files.remote) } : {}),
    ...(deps.limiter
      ? { limits: createRedisPart(deps.limiter, 'Redis is away: each process limits rates for itself.') }
      : {}),
    ...(deps.answers
      ? { cache: createRedisPart(deps.answers, 'Redis is away: each process remembers answers for itself.') }
      : {}),
  });
}

/** How long an answer of the store counts: each question costs its owner. */
const BUCKET_CHECK_MS = 30_000;
const BUCKET_TIMEOUT_MS = 900;

function createBucketPart(remote: RemoteFiles): HealthPart {
  let known: { report: PartReport; at: number } | undefined;
  return {
    check: async () => {
      if (known && Date.now() - known.at < BUCKET_CHECK_MS) return known.report;
      await remote.check(AbortSignal.timeout(BUCKET_TIMEOUT_MS)).catch((error: unknown) => {
        throw error instanceof QuaestorError ? error : new Error('The object store does not answer in time.');
      });
      known = { report: { status: 'ok', detail: 's3' }, at: Date.now() };
      return known.report;
    },
  };
}

const createRedisPart = (part: { isDegraded(): boolean }, detail: string): HealthPart => ({
  check: async () => (part.isDegraded() ? { status: 'degraded', detail } : { status: 'ok' }),
});

/** An answer within this time makes a slow store busy, not gone: the embedded one does one thing at a time. */
const BUSY_MS = 10_000;

function createStoreCheck(db: { ping(): Promise<void> }): () => Promise<PartReport> {
  let answeredAt = Number.NEGATIVE_INFINITY;
  return async () => {
    let timer: NodeJS.Timeout | undefined;
    const ping = db.ping().then((): PartReport => {
      answeredAt = Date.now();
      return { status: 'ok' };
    });
    // When the wait below is over first, its failure is nobody's any more.
    ping.catch(() => undefined);
    const busy = new Promise<PartReport>((resolve) => {
      timer = setTimeout(() => {
        const isBusy = Date.now() - answeredAt < BUSY_MS;
        resolve(
          isBusy
            ? { status: 'degraded', detail: 'The store is slow to answer.' }
            : { status: 'down', detail: 'The store does not answer.' },
        );
      }, 800);
    });
    try {
      return await Promise.race([ping, busy]);
    } finally {
      clearTimeout(timer);
    }
  };
}

/** Says what is configured; asking an endpoint at each health check would cost its owner. */
const modelReport = (model: ModelConfig): PartReport => ({
  status: 'ok',
  detail: model.provider === 'built-in' ? 'built-in' : `${model.provider}: ${model.chatModel}`,
});
