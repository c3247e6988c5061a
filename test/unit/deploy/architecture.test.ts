import { readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { describe, expect, test } from '@jest/globals';
import { TASK_QUEUES } from '../../../contracts/task-queues.js';
import { SEARCH_ATTRIBUTES } from '../../../contracts/workflows.js';
import { readProjectFile } from './support/project-files.js';

const architecture = readProjectFile('docs/ARCHITECTURE.md');
const root = new URL('../../../', import.meta.url);

const section = (title: string): string =>
  new RegExp(`^## ${title}\\n(.*?)(?=^## )`, 'ms').exec(architecture)?.[1] ?? '';
const rows = (text: string): string[][] =>
  [...text.matchAll(/^\| (`.+) \|$/gm)].map(([, line = '']) => line.split(' | ').map((cell) => cell.trim()));

const inWords = (durationMs: number): string =>
  durationMs === 0 ? '—' : durationMs >= 120_000 ? `${durationMs / 60_000} min` : `${durationMs / 1_000} s`;

describe('docs/ARCHITECTURE.md', () => {
  test('has the figures of the task-queue table', () => {
    const expected = Object.entries(TASK_QUEUES).map(([name, queue]) => [
      `\`${name}\``,
      String(queue.concurrency),
      inWords(queue.startToCloseMs),
      inWords(queue.scheduleToCloseMs),
      inWords(queue.heartbeatMs),
      queue.retry.maximumAttempts === 0 ? 'no limit' : String(queue.retry.maximumAttempts),
    ]);
    expect(rows(section('Task queues'))).toEqual(expected);
  });

  test('has the import rules that are enforced', () => {
    const { forbidden } = createRequire(import.meta.url)('../../../.dependency-cruiser.cjs') as {
      forbidden: { name: string; comment?: string }[];
    };
    const enforced = forbidden.flatMap(({ name, comment }) => {
      const list = /may import only: (.+)$/.exec(comment ?? '')?.[1]?.split(', ');
      return list ? [[name.replace('-imports', ''), list.slice(1).sort()]] : [];
    });
    const written = rows(section('Rooms'))
      .filter(([room = '']) => /^`\w+\/`$/.test(room))
      .map(([room = '', , may = '']) => [
        room.replace(/[`/]/g, ''),
        may === 'nothing' ? [] : (may.split(';')[0] ?? '').split(', ').sort(),
      ]);
    expect(written).toEqual(enforced);
  });

  test('names every search attribute', () => {
    for (const name of Object.keys(SEARCH_ATTRIBUTES)) expect(architecture).toContain(name);
  });

  test('links only to files that exist', () => {
    const files = ['README.md', 'docs/ARCHITECTURE.md', 'docs/rules.md'];
    const decisions = readdirSync(new URL('docs/decisions/', root)).map((name) => `docs/decisions/${name}`);
    for (const file of [...files, ...decisions]) {
      for (const [, target = ''] of readProjectFile(file).matchAll(/\]\((?!https?:|#)([^)#]+)/g)) {
        if (target.endsWith('decisions') || target.endsWith('decisions/') || target.endsWith('errors.md'))
          continue;
        const path = new URL(target, new URL(file, root));
        expect([file, target, readProjectFile(path.pathname.slice(root.pathname.length)).length > 0]).toEqual(
          [file, target, true],
        );
      }
    }
  });

  test('names only files and folders of the project that exist', () => {
    const paths = [
      ...architecture.matchAll(
        /`((?:api|activities|cli|contracts|db|deploy|docs|platform|workers|workflows)\/[\w./-]*\w)`/g,
      ),
    ].map(([, path = '']) => path);
    expect(paths.length).toBeGreaterThan(10);
    for (const path of paths) {
      const parent = path.split('/').slice(0, -1).join('/');
      expect([path, readdirSync(new URL(`${parent}/`, root))]).toEqual([
        path,
        expect.arrayContaining([path.split('/').at(-1)]),
      ]);
    }
  });
});
