export interface SourcePoolsOptions {
  /** Connections of one pool. Default LIMITS.dataSourcePool. */
  poolSize?: number;
  /** Wait for a connection. Default LIMITS.dataSourceAcquireTimeoutMs. */
  acquireTimeoutMs?: number;
  /** Pools kept; the least used is closed. Default 50. */
  pools?: number;
}
