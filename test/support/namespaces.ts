import { randomBytes } from 'node:crypto';
import { Connection } from '@temporalio/client';
import { SEARCH_ATTRIBUTES } from '../../contracts/workflows.js';
import { waitUntil } from './wait-until.js';

const KEYWORD = 2;

/** A namespace of its own on the shared Temporal server: queues and workflow ids of different Quaestors never meet. */
export async function createTestNamespace(address: string): Promise<string> {
  const namespace = `test-${randomBytes(6).toString('hex')}`;
  const connection = await Connection.connect({ address });
  try {
    await connection.workflowService.registerNamespace({
      namespace,
      workflowExecutionRetentionPeriod: { seconds: 86_400 as never },
    });
    const searchAttributes = Object.fromEntries(
      Object.keys(SEARCH_ATTRIBUTES).map((name) => [name, KEYWORD]),
    );
    // The frontend learns of a new namespace a moment later.
    await waitUntil('the namespace takes search attributes', async () => {
      await connection.operatorService.addSearchAttributes({ namespace, searchAttributes });
      const { customAttributes } = await connection.operatorService.listSearchAttributes({ namespace });
      return Object.keys(SEARCH_ATTRIBUTES).every((name) => name in (customAttributes ?? {}));
    });
    return namespace;
  } finally {
    await connection.close();
  }
}
