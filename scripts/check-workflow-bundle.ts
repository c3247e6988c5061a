import { buildWorkflowBundle } from '../workers/workflow-bundle.js';

/**
 * A little above what the SDK (about 510,000) and our workflows take; a library such as zod would add half as much again and slow
 * every worker's start. The source map at the end, twice as long as the code, is not counted: it is read only for stack traces.
 */
const BUDGET_BYTES = 700_000;

const bundle = await buildWorkflowBundle();
const mapAt = bundle.lastIndexOf('//# sourceMappingURL=');
const bytes = Buffer.byteLength(mapAt < 0 ? bundle : bundle.slice(0, mapAt));
const verdict = bytes <= BUDGET_BYTES ? 'within' : 'ABOVE';
process.stdout.write(`workflow bundle: ${bytes} bytes of code, ${verdict} the budget of ${BUDGET_BYTES}\n`);
process.exit(bytes <= BUDGET_BYTES ? 0 : 1);
