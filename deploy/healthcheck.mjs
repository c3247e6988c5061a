// Health of the process in this container: a worker answers on QUAESTOR_WORKER_PORT, the API on QUAESTOR_PORT.
const port = Number(process.env.QUAESTOR_WORKER_PORT) || Number(process.env.QUAESTOR_PORT) || 8080;

try {
  const response = await fetch(`http://127.0.0.1:${port}/health/ready`, {
    signal: AbortSignal.timeout(4_000),
  });
  if (!response.ok) throw new Error(`HTTP ${response.status}: ${await response.text()}`);
} catch (error) {
  console.error(`not ready: ${error.cause?.message ?? error.message}`);
  process.exitCode = 1;
}
