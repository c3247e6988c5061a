import { chown, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import mysql from 'mysql2/promise';
import { runCommand } from '../../platform/embedded/run-command.js';
import { startSupervised, untilReady } from '../../platform/embedded/supervised-process.js';
import { findOnPath } from '../../platform/find-on-path.js';

const PASSWORD = 'test-only';

export interface MariadbServer {
  /** Of a user who may do everything; the database is `mysql`. */
  adminUrl: string;
  stop(): Promise<void>;
}

/** A MariaDB of the system on a fresh folder; undefined where none is installed. Ends with this process. */
export async function startMariadb(port: number): Promise<MariadbServer | undefined> {
  // Servers are not on the path of everybody.
  const env = { ...process.env, PATH: `${process.env['PATH'] ?? ''}:/usr/sbin` };
  const [server, install] = await Promise.all(
    ['mariadbd', 'mariadb-install-db'].map((name) => findOnPath(name, env)),
  );
  if (!server || !install) return undefined;
  const folder = await mkdtemp(join(tmpdir(), 'quaestor-mariadb-'));
  const dataDir = join(folder, 'data');
  // Run by root it changes to the account that its package made.
  const account = process.getuid?.() === 0 ? ['--user=mysql'] : [];
  if (account.length > 0) {
    const [uid, gid] = await Promise.all(['-u', '-g'].map((flag) => runCommand('id', [flag, 'mysql'])));
    await chown(folder, Number(uid!.output), Number(gid!.output));
  }
  await runCommand(
    install,
    [
      '--no-defaults',
      `--datadir=${dataDir}`,
      '--skip-test-db',
      '--auth-root-authentication-method=normal',
    ].concat(account),
    { timeoutMs: 120_000 },
  );
  const initFile = join(folder, 'init.sql');
  await writeFile(
    initFile,
    `CREATE OR REPLACE USER admin@'%' IDENTIFIED BY '${PASSWORD}';\nGRANT ALL ON *.* TO admin@'%' WITH GRANT OPTION;\n`,
    { mode: 0o644 },
  );
  const logFile = join(folder, 'mariadb.log');
  const process_ = await startSupervised({
    name: 'MariaDB',
    command: server,
    args: ['--no-defaults', ...account, `--datadir=${dataDir}`, `--port=${port}`, '--bind-address=127.0.0.1']
      .concat([`--socket=${join(folder, 'mariadb.sock')}`, `--pid-file=${join(folder, 'mariadb.pid')}`])
      .concat([`--init-file=${initFile}`, '--skip-name-resolve', '--skip-log-bin', '--max-connections=150'])
      .concat(['--innodb-buffer-pool-size=64M', '--innodb-flush-log-at-trx-commit=0', '--secure-file-priv=']),
    env: { PATH: process.env['PATH'], LC_ALL: 'C' },
    cwd: folder,
    logFile,
    killAfterMs: 20_000,
  });
  const adminUrl = `mysql://admin:${PASSWORD}@127.0.0.1:${port}/mysql`;
  await untilReady({
    process: process_,
    name: 'MariaDB',
    logFile,
    attempt: async () => {
      const connection = await mysql.createConnection(adminUrl);
      await connection.end();
    },
  });
  return {
    adminUrl,
    stop: async () => {
      await process_.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
