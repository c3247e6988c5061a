import { createWriteStream } from 'node:fs';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { runCommand } from './run-command.js';
import {
  adoptTemporalBinary,
  megabytes,
  TEMPORAL_CLI_VERSION,
  temporalExecutable,
} from './temporal-release.js';

export const TEMPORAL_ARCHIVE_URL = 'https://temporal.download/cli/archive';

export interface TemporalArchiveOptions {
  cacheDir: string;
  onProgress?: (message: string) => void;
  /** Folder of the archives; `/v<version>?platform=&arch=` is added. Default Temporal's own. */
  archiveUrl?: string;
  /** Time until the response headers must be there. Default 8 s: offline machines go on to the next way soon. */
  connectTimeoutMs?: number;
  /** Longest time without a byte. Default 30 s. */
  stallTimeoutMs?: number;
}

const PLATFORMS: Partial<Record<NodeJS.Platform, string>> = {
  darwin: 'darwin',
  linux: 'linux',
  win32: 'windows',
};
const ARCHITECTURES: Partial<Record<NodeJS.Architecture, string>> = { x64: 'amd64', arm64: 'arm64' };

/** Fetches and unpacks the official archive into the cache; resolves to the binary's path. Leaves nothing behind when it fails. */
export async function fetchTemporalArchive(options: TemporalArchiveOptions): Promise<string> {
  const { cacheDir, archiveUrl = TEMPORAL_ARCHIVE_URL, onProgress } = options;
  const platform = PLATFORMS[process.platform];
  const arch = ARCHITECTURES[process.arch];
  if (!platform || !arch) throw new Error(`there is no archive for ${process.platform}/${process.arch}`);
  const url = `${archiveUrl}/v${TEMPORAL_CLI_VERSION}?platform=${platform}&arch=${arch}`;

  const parent = join(cacheDir, 'temporal');
  await mkdir(parent, { recursive: true });
  const folder = await mkdtemp(join(parent, '.archive-'));
  try {
    const archive = join(folder, 'archive');
    await download(url, archive, options);
    onProgress?.('Unpacking the Temporal server');
    // The system's tar reads .tar.gz everywhere, and .zip too where the archive is one (Windows 10 and later).
    await runCommand('tar', ['-xf', 'archive'], { cwd: folder });
    return await adoptTemporalBinary(join(folder, temporalExecutable), cacheDir, TEMPORAL_CLI_VERSION);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function download(url: string, file: string, options: TemporalArchiveOptions): Promise<void> {
  const { onProgress, connectTimeoutMs = 8_000, stallTimeoutMs = 30_000 } = options;
  const abort = new AbortController();
  let why = '';
  let timer: NodeJS.Timeout | undefined;
  const within = (timeoutMs: number, reason: string) => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      why = reason;
      abort.abort();
    }, timeoutMs);
  };
  try {
    onProgress?.(`Fetching the Temporal server from ${new URL(url).host}`);
    within(connectTimeoutMs, `no answer within ${connectTimeoutMs} ms`);
    const response = await fetch(url, { signal: abort.signal });
    if (!response.ok || !response.body) {
      await response.body?.cancel();
      throw new Error(`the server answered ${response.status}`);
    }
    const totalBytes = Number(response.headers.get('content-length') ?? 0);
    let doneBytes = 0;
    let nextReportBytes = 0;
    const meter = new Transform({
      transform(chunk: Buffer, _encoding, done) {
        within(stallTimeoutMs, `no byte within ${stallTimeoutMs} ms`);
        doneBytes += chunk.length;
        if (doneBytes >= nextReportBytes) {
          const total = totalBytes ? ` of ${megabytes(totalBytes)}` : '';
          onProgress?.(`Fetching the Temporal server: ${megabytes(doneBytes)}${total}`);
          nextReportBytes = doneBytes + Math.max(totalBytes / 10, 5_000_000);
        }
        done(null, chunk);
      },
    });
    await pipeline(Readable.fromWeb(response.body as never), meter, createWriteStream(file));
    if (totalBytes && doneBytes !== totalBytes) {
      throw new Error(`the download broke off after ${doneBytes} of ${totalBytes} bytes`);
    }
  } catch (error) {
    throw new Error(why || describe(error), { cause: error });
  } finally {
    clearTimeout(timer);
  }
}

/** fetch hides the reason ("fetch failed") in its cause. */
function describe(error: unknown): string {
  const { message = String(error), cause } = error as { message?: string; cause?: NodeJS.ErrnoException };
  const reason = cause?.message || cause?.code;
  return reason ? `${message}: ${reason}` : message;
}
