import type { DatasetStore } from '../../platform/dataset-store/dataset-store.js';
import type { EventBus } from '../../platform/event-bus.js';
import type { TenantStore } from '../patient-store.js';
import type { DuckDbPool } from './duckdb/duckdb-pool.js';

/** What the steps on uploaded files work with. */
export interface DatasetDeps {
  db: TenantStore;
  bus: EventBus;
  pool: DuckDbPool;
  files: DatasetStore;
  /** Wall-clock limit of reading one file. */
  timeoutMs: number;
}
