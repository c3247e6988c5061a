// npm run build: dist/ for the Docker image: JavaScript, SQL files and the workflow bundle.
import { cpSync, mkdirSync, readdirSync, rmSync, statSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { ensureDependencies, root, run, tsc } from './bootstrap.mjs';

ensureDependencies();
const dist = join(root, 'dist');
rmSync(dist, { recursive: true, force: true });
if (run(process.execPath, [tsc, '-p', 'tsconfig.build.json']) !== 0) process.exit(1);

// What the code reads beside itself and tsc does not carry along.
const rooms = ['db', 'platform', 'api', 'examples'];
const carried = /\.(sql|mjs|html|css)$/;
const copy = (folder) => {
  for (const name of readdirSync(folder)) {
    const path = join(folder, name);
    if (statSync(path).isDirectory()) copy(path);
    else if (carried.test(name)) {
      const target = join(dist, relative(root, path));
      mkdirSync(dirname(target), { recursive: true });
      cpSync(path, target);
    }
  }
};
for (const room of rooms) copy(join(root, room));
process.exit(
  run(process.execPath, [
    join(dist, 'workers', 'write-workflow-bundle.js'),
    join(dist, 'workflow-bundle.js'),
  ]),
);
