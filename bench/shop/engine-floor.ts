import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Client } from '@temporalio/client';
import { NativeConnection, Worker } from '@temporalio/worker';
import type { FloorActivities, floorWorkflow } from './floor-workflow.js';

/**
 * Milliseconds that the engine alone adds to an activity of `delayMs`, until a local step after it has run: an empty workflow, started
 * eagerly over the worker's own connection, `atOnce` at the same time, on the same server and machine.
 */
export async function measureEngineFloor(options: {
  address: string;
  delayMs: number;
  atOnce: number;
  count: number;
}): Promise<number[]> {
  const { address, atOnce, count, delayMs } = options;
  const taskQueue = 'bench-floor';
  const ended = new Map<string, () => void>();
  const activities: FloorActivities = {
    callModel: async () => {
      await pause(delayMs);
    },
    tellEnd: async (id) => ended.get(id)?.(),
  };
  const connection = await NativeConnection.connect({ address });
  const worker = await Worker.create({
    connection,
    taskQueue,
    activities,
    workflowsPath: fileURLToPath(new URL('./floor-workflow.ts', import.meta.url)),
  });
  const running = worker.run();
  try {
    const client = new Client({ connection });
    const one = async (): Promise<number> => {
      const workflowId = randomUUID();
      const isThrough = new Promise<void>((resolve) => {
        ended.set(workflowId, resolve);
      });
      const started = performance.now();
      const handle = await client.workflow.start<typeof floorWorkflow>('floorWorkflow', {
        ...{ workflowId, taskQueue, args: [workflowId], requestEagerStart: true },
      });
      await isThrough;
      const addedMs = performance.now() - started - delayMs;
      await handle.result();
      return addedMs;
    };
    await one();
    const added: number[] = [];
    for (let n = 0; n < count; n += atOnce)
      added.push(...(await Promise.all(Array.from({ length: atOnce }, one))));
    return added;
  } finally {
    worker.shutdown();
    await running;
    await connection.close();
  }
}
