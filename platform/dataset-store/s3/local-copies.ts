import { readdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { v7 as uuidv7 } from 'uuid';
import type { OriginalFacts } from '../dataset-store.js';
import { FETCHING } from './s3-objects.js';

/** Files that come and go together. The marker stands beside them when all of them are kept in the store, too; it knows their sizes. */
export interface CopyUnit {
  folder: string;
  files: readonly string[];
  marker: string;
}

type Marker = Record<string, OriginalFacts>;

const TOUCH_MS = 60_000;
/** Copies that were touched since then are in use, maybe by another process that has the same folder. */
const IN_USE_MS = 5 * TOUCH_MS;
/** A copy that is not whole after this time is one of a process that died. */
const FETCH_MS = 60 * 60_000;
const LEAVING = '.leaving';
const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

export const originalUnit = (folder: string): CopyUnit => ({
  folder,
  files: ['original'],
  marker: join(folder, 'original.kept'),
});
export const versionUnit = (folder: string, files: readonly string[]): CopyUnit => ({
  folder,
  files,
  marker: join(folder, 'files.kept'),
});

/**
 * Copies of kept files in a folder of this machine. How long ago one was used is the age of its marker, so that processes that share the
 * folder know it of each other, and it outlives them. Only what has a marker is ever removed to make room.
 */
export interface LocalCopies {
  /** Whether the copy is there and has the right size; counts as a use. */
  has(unit: CopyUnit): Promise<boolean>;
  mark(unit: CopyUnit, facts: Marker): Promise<void>;
  /** Before its files are written anew. */
  unmark(unit: CopyUnit): Promise<void>;
  /** While `use` runs no process makes room by this copy. */
  hold<Result>(unit: CopyUnit, use: () => Promise<Result>): Promise<Result>;
  /** Removes copies, those not used for longest first, until the limit is kept; those in use stay. Gives how many went. */
  trim(): Promise<number>;
}

export function createLocalCopies(options: { root: string; limitBytes: number }): LocalCopies {
  const touch = async (unit: CopyUnit): Promise<boolean> => {
    const now = new Date();
    return await utimes(unit.marker, now, now).then(
      () => true,
      () => false,
    );
  };
  let trimming: Promise<number> | undefined;
  return {
    has: async (unit) => {
      if (!(await touch(unit))) return false;
      try {
        const marker = JSON.parse(await readFile(unit.marker, 'utf8')) as Marker;
        for (const name of unit.files) {
          if ((await stat(join(unit.folder, name))).size !== marker[name]?.sizeBytes) return false;
        }
        return true;
      } catch {
        return false;
      }
    },
    mark: async (unit, facts) => {
      const partial = `${unit.marker}.${uuidv7()}`;
      await writeFile(partial, JSON.stringify(facts));
      await rename(partial, unit.marker);
    },
    unmark: async (unit) => await rm(unit.marker, { force: true }),
    hold: async (unit, use) => {
      await touch(unit);
      const timer = setInterval(() => void touch(unit), TOUCH_MS);
      timer.unref();
      try {
        return await use();
      } finally {
        clearInterval(timer);
        await touch(unit);
      }
    },
    trim: async () => {
      trimming ??= trimCopies(options.root, options.limitBytes, Date.now()).finally(() => {
        trimming = undefined;
      });
      return await trimming;
    },
  };
}

interface FoundCopy {
  marker: string;
  usedAt: number;
  sizeBytes: number;
  files: string[];
}

async function trimCopies(root: string, limitBytes: number, now: number): Promise<number> {
  const copies: FoundCopy[] = [];
  for await (const folder of foldersOf(root)) {
    for (const name of await readdir(folder).catch(() => [])) {
      const path = join(folder, name);
      if (name.endsWith('.kept')) copies.push(...(await readCopy(path).catch(() => [])));
      else if (name.endsWith(LEAVING) && ((await ageOf(path)) ?? now) < now - IN_USE_MS)
        await endRemoval(path).catch(() => undefined);
      else if (name.endsWith(FETCHING) && ((await ageOf(path)) ?? now) < now - FETCH_MS)
        await rm(path, { force: true });
    }
  }
  let left = copies.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  let removed = 0;
  for (const copy of copies.sort((a, b) => a.usedAt - b.usedAt)) {
    if (left <= limitBytes || copy.usedAt > now - IN_USE_MS) break;
    if (!(await removeCopy(copy, now))) continue;
    left -= copy.sizeBytes;
    removed += 1;
  }
  return removed;
}

/** Folders of datasets and of their versions. */
async function* foldersOf(root: string): AsyncGenerator<string> {
  for (const tenant of await idsIn(root)) {
    for (const dataset of await idsIn(join(root, tenant))) {
      const folder = join(root, tenant, dataset);
      yield folder;
      for (const version of await idsIn(folder)) yield join(folder, version);
    }
  }
}

const idsIn = async (folder: string): Promise<string[]> =>
  (await readdir(folder).catch(() => [])).filter((name) => UUID.test(name));

const ageOf = async (path: string): Promise<number | undefined> =>
  await stat(path).then(
    ({ mtimeMs }) => mtimeMs,
    () => undefined,
  );

async function readCopy(marker: string): Promise<FoundCopy[]> {
  const { mtimeMs } = await stat(marker);
  const facts = JSON.parse(await readFile(marker, 'utf8')) as Marker;
  const sizes = Object.values(facts).map(({ sizeBytes }) => sizeBytes);
  const files = Object.keys(facts).map((name) => join(dirname(marker), name));
  return [{ marker, files, usedAt: mtimeMs, sizeBytes: sizes.reduce((sum, size) => sum + size, 0) }];
}

/** Whoever wants the copy from now on fetches it. One who has begun to use it meanwhile gets it back. */
async function removeCopy({ files, marker }: FoundCopy, now: number): Promise<boolean> {
  const leaving = `${marker}${LEAVING}`;
  try {
    await rename(marker, leaving);
  } catch {
    return false;
  }
  if (((await ageOf(leaving)) ?? 0) > now - IN_USE_MS) {
    await rename(leaving, marker);
    return false;
  }
  for (const path of files) await rm(path, { force: true });
  await rm(leaving, { force: true });
  return true;
}

/** A process died while it made room: its work is ended, unless the copy has come back since. */
async function endRemoval(leaving: string): Promise<void> {
  const { files } = (await readCopy(leaving))[0]!;
  if ((await ageOf(leaving.slice(0, -LEAVING.length))) === undefined)
    for (const path of files) await rm(path, { force: true });
  await rm(leaving, { force: true });
}
