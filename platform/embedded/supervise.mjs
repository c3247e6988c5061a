// Keeps one server and its owner together: started by supervised-process.ts, apart from the terminal's process
// group, so that Ctrl-C reaches only the owner. When the owner asks or dies in any way (the IPC channel closes), the
// server is stopped in order, and killed when that takes too long.
// Plain JavaScript, so that it needs no loader and stays small.
import { spawn } from 'node:child_process';
import { closeSync, openSync, rmSync, writeFileSync } from 'node:fs';

/** @type {import('node:child_process').ChildProcess | undefined} */
let server;
/** @type {any} */
let spec;
let stopping = false;

process.on('message', (message) => {
  if (message.type === 'start' && !spec) start(message.spec);
  else if (message.type === 'stop') stop();
});
process.on('disconnect', stop);
process.on('SIGTERM', stop);
process.on('SIGINT', () => {});
process.on('SIGHUP', () => {});

function start(given) {
  spec = given;
  const log = openSync(spec.logFile, 'a');
  server = spawn(spec.command, spec.args, {
    cwd: spec.cwd,
    env: spec.env,
    uid: spec.uid,
    gid: spec.gid,
    stdio: ['ignore', log, log],
    // A process group of its own: the last resort kills helpers of the server too.
    detached: process.platform !== 'win32',
    windowsHide: true,
  });
  closeSync(log);
  server.once('error', (error) => finish({ type: 'failed', message: error.message }));
  server.once('exit', (code, signal) => finish({ type: 'exited', code, signal }));
  if (server.pid === undefined) return;
  writePidFile('running');
  tell({ type: 'started', pid: server.pid });
}

function stop() {
  if (stopping) return;
  stopping = true;
  if (!server || server.pid === undefined) process.exit(0);
  writePidFile('stopping');
  server.kill(spec.stopSignal);
  setTimeout(() => {
    try {
      process.kill(process.platform === 'win32' ? server.pid : -server.pid, 'SIGKILL');
    } catch {
      server.kill('SIGKILL');
    }
  }, spec.killAfterMs);
}

function finish(message) {
  if (spec.pidFile) rmSync(spec.pidFile, { force: true });
  tell(message, () => process.exit(0));
}

function tell(message, done = () => {}) {
  if (process.connected) process.send(message, undefined, {}, done);
  else done();
}

function writePidFile(state) {
  if (!spec.pidFile) return;
  try {
    writeFileSync(
      spec.pidFile,
      JSON.stringify({ pid: server.pid, supervisorPid: process.pid, state, marker: spec.marker }),
    );
  } catch {
    // The folder may have been deleted under us; stopping matters more.
  }
}
