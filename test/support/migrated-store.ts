import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import { vector } from '@electric-sql/pglite-pgvector';
import { migrate } from '../../db/migrate.js';
import { findFreePort } from '../../platform/embedded/free-port.js';
import { startPgliteServer } from '../../platform/embedded/pglite-server.js';

const MIGRATIONS = 'db/migrations';
const STORES = '.quaestor/test-stores';

/**
 * A file with an empty, migrated store for `startPgliteServer`: making one takes 7 s of processor time, loading it 1. It is kept from run
 * to run under a hash of what it was made of.
 */
export async function migratedStore(): Promise<string> {
  const hash = createHash('sha256').update(await readFile('package-lock.json'));
  for (const name of (await readdir(MIGRATIONS)).sort()) {
    hash.update(name).update(await readFile(join(MIGRATIONS, name)));
  }
  const name = `${hash.digest('hex').slice(0, 16)}.tar`;
  const file = join(STORES, name);
  await mkdir(STORES, { recursive: true });
  const kept = (await readdir(STORES)).filter((each) => each.endsWith('.tar'));
  if (kept.includes(name)) return file;
  for (const old of kept) await rm(join(STORES, old), { force: true });
  await makeStore(file);
  return file;
}

async function makeStore(file: string): Promise<void> {
  const folder = await mkdtemp(`${file}-`);
  try {
    const dataDir = join(folder, 'data');
    const server = await startPgliteServer({ dataDir, port: await findFreePort({ preferred: 29_900 }) });
    try {
      await migrate({ connectionString: server.connectionString, lock: false });
    } finally {
      await server.stop();
    }
    const database = await PGlite.create(dataDir, { extensions: { vector } });
    const dump = join(folder, 'dump.tar');
    await writeFile(dump, (await database.dumpDataDir('none')).stream());
    await database.close();
    // Another run may have been as quick.
    await rename(dump, file);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
