import { buildWorkflowBundle } from '../workers/workflow-bundle.js';

/** A little above what the SDK itself takes; a library such as zod would add 1 MB and slow every worker's start. */
const BUDGET_BYTES = 1_900_000;

const code = await buildWorkflowBundle();
const bytes = Buffer.byteLength(code);
const verdict = bytes <= BUDGET_BYTES ? 'within' : 'ABOVE';
process.stdout.write(`workflow bundle: ${bytes} bytes, ${verdict} the budget of ${BUDGET_BYTES}\n`);
process.exit(bytes <= BUDGET_BYTES ? 0 : 1);
