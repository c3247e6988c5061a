#!/usr/bin/env node
// Starts the command line. In a checkout it runs the sources, so that a stale build is never run by mistake; in the image,
// which has no sources, it runs the build.
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const fail = (message) => {
  process.stderr.write(`quaestor: ${message}\n`);
  process.exit(1);
};

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  fail(`Node ${process.versions.node} is too old; it needs Node 20.19 or newer.`);
}

const root = new URL('../', import.meta.url);
const sources = new URL('cli/main.ts', root);
const build = new URL('dist/cli/main.js', root);
const isInstalled = (name) => {
  try {
    import.meta.resolve(name);
    return true;
  } catch {
    return false;
  }
};

if (!isInstalled('commander') || (existsSync(sources) && !isInstalled('tsx/esm/api'))) {
  fail(
    `its packages are not installed yet. Run "npm ci" in ${fileURLToPath(root)} (or "npm start", which does that and starts Quaestor).`,
  );
}
// A reader that closes the pipe early ("quaestor … | head") is no error.
process.stdout.on('error', (error) => {
  if (error.code === 'EPIPE') process.exit(0);
  throw error;
});

if (existsSync(sources)) {
  const { register } = await import('tsx/esm/api');
  register();
} else if (!existsSync(build)) {
  fail('neither cli/main.ts nor dist/cli/main.js is there. Run "npm run build".');
}
const { main } = await import((existsSync(sources) ? sources : build).href);
process.exitCode = await main(process.argv.slice(2), { projectFolder: fileURLToPath(root) });
