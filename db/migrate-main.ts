import { loadConfigOrExit } from '../platform/load-config.js';
import { migrate } from './migrate.js';

// One-shot: brings the store to the newest version and exits.
const { database } = loadConfigOrExit();
const done = await migrate({
  connectionString: database.migrationUrl,
  onProgress: (message) => process.stdout.write(`${message}\n`),
});
process.stdout.write(`${done.length} migrations ran; the store is up to date\n`);
