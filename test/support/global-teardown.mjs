/** Stops what global-setup.ts started, the last first. */
export default async function globalTeardown() {
  for (const stop of (globalThis.quaestorStops ?? []).reverse()) await stop();
}
