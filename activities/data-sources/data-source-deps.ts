import type { EventBus } from '../../platform/event-bus.js';
import type { TenantStore } from '../patient-store.js';
import type { Connectors } from './connector.js';

/** What the steps on data sources work with. */
export interface DataSourceDeps {
  db: TenantStore;
  connectors: Connectors;
  bus: EventBus;
  encryptionKey: Buffer;
}
