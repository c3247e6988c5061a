import { writeFile } from 'node:fs/promises';
import { buildWorkflowBundle } from './workflow-bundle.js';

// Writes the workflow bundle to the path given: production workers load it instead of bundling at each start.
const path = process.argv[2];
if (!path) throw new Error('Usage: write-workflow-bundle <path>');
await writeFile(path, await buildWorkflowBundle());
