// npm start: from a fresh clone to a running Quaestor. See scripts/start.ts for what it does after the dependencies are there.
import { ensureDependencies } from './bootstrap.mjs';

ensureDependencies();
const { register } = await import('tsx/esm/api');
register();
const { start } = await import('./start.ts');
await start(process.argv.slice(2));
