import { Connection } from '@temporalio/client';
import { sharedServers } from './shared-servers.js';

/** The phase that operators see of a workflow: its search attribute `QuaestorPhase`. */
export async function workflowPhase(namespace: string, workflowId: string): Promise<string | undefined> {
  const connection = await Connection.connect({ address: sharedServers().temporalAddress });
  try {
    const { workflowExecutionInfo } = await connection.workflowService.describeWorkflowExecution({
      namespace,
      execution: { workflowId },
    });
    const data = workflowExecutionInfo?.searchAttributes?.indexedFields?.['QuaestorPhase']?.data;
    return data ? (JSON.parse(Buffer.from(data).toString()) as string) : undefined;
  } finally {
    await connection.close();
  }
}
