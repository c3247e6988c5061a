/** Settings of the Temporal server that Quaestor counts on, as in deploy/temporal/dynamic-config.yaml. */
export const ENGINE_SETTINGS: Record<string, string | number | boolean> = {
  'matching.useNewMatcher': true,
  'matching.enableFairness': true,
  'system.enableEagerWorkflowStart': true,
};
