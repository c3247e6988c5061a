/** Settings of the Temporal server that Quaestor counts on, as in deploy/temporal/dynamic-config.yaml. */
export const ENGINE_SETTINGS: Record<string, string | number | boolean> = {
  'matching.useNewMatcher': true,
  'matching.enableFairness': true,
  'matching.numTaskqueueReadPartitions': 1,
  'matching.numTaskqueueWritePartitions': 1,
  'system.enableEagerWorkflowStart': true,
};
