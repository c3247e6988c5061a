// Writes docs/errors.md from the error catalogue: `npx tsx scripts/generate-error-docs.ts`.
import { writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { renderErrorDocs } from './render-error-docs.js';

await writeFile(fileURLToPath(new URL('../docs/errors.md', import.meta.url)), renderErrorDocs());
