import { existsSync, statSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { TASK_QUEUE_NAMES } from '../../../contracts/task-queues.js';
import { SEARCH_ATTRIBUTES } from '../../../contracts/workflows.js';
import { parseConfig } from '../../../platform/config.js';
import { ENGINE_SETTINGS } from '../../../platform/embedded/engine-settings.js';
import { readEnvFile, readProjectFile, settingNames } from './support/project-files.js';

interface Service {
  image?: string;
  build?: unknown;
  command?: string[];
  environment?: Record<string, string>;
  env_file?: { path: string; required: boolean }[];
  depends_on?: Record<string, { condition: string }>;
  healthcheck?: { test?: string[]; disable?: boolean };
  restart?: string;
  ports?: string[];
  volumes?: string[];
  container_name?: string;
}

const text = readProjectFile('docker-compose.yml');
const compose = parse(text, { merge: true }) as {
  services: Record<string, Service>;
  volumes: Record<string, unknown>;
};
const services = Object.entries(compose.services);
const quaestor = services.filter(([, service]) => service.build !== undefined);
const isOneShot = (name: string): boolean =>
  services.some(([, service]) => service.depends_on?.[name]?.condition === 'service_completed_successfully');

const variables = new Set([...text.matchAll(/\$\{([A-Z_]+)/g)].map((match) => match[1]));
const secrets = Object.fromEntries(
  readEnvFile('deploy/compose.env.example').map(({ name }) => [
    name,
    name === 'QUAESTOR_ENCRYPTION_KEY' ? Buffer.alloc(32, 1).toString('base64') : 'abc123',
  ]),
);
const interpolate = (value: string): string =>
  value.replace(/\$\{([A-Z_]+):\?[^}]*\}/g, (_, name: string) => secrets[name] ?? '');

test('the engine has the same settings in containers and as a child process', () => {
  const file = parse(readProjectFile('deploy/temporal/dynamic-config.yaml')) as Record<
    string,
    { value: unknown }[]
  >;
  expect(Object.fromEntries(Object.entries(file).map(([key, [first]]) => [key, first?.value]))).toEqual(
    ENGINE_SETTINGS,
  );
});

describe('docker-compose.yml', () => {
  test('every service that another waits for exists, and can meet the condition', () => {
    for (const [name, service] of services) {
      for (const [target, { condition }] of Object.entries(service.depends_on ?? {})) {
        const other = compose.services[target];
        expect([name, target, other !== undefined]).toEqual([name, target, true]);
        if (condition === 'service_healthy') expect(other?.healthcheck?.test).toBeDefined();
        else expect([target, other?.restart]).not.toEqual([target, 'unless-stopped']);
      }
    }
  });

  test('no service waits for itself, by any way round', () => {
    const reach = (name: string, seen: string[]): void => {
      expect(seen).not.toContain(name);
      for (const target of Object.keys(compose.services[name]?.depends_on ?? {}))
        reach(target, [...seen, name]);
    };
    for (const [name] of services) reach(name, []);
  });

  test('every service that stays up has a health check', () => {
    const without = services.filter(([name, service]) => !isOneShot(name) && !service.healthcheck?.test);
    expect(without.map(([name]) => name)).toEqual([]);
  });

  test('every image is pinned to a version', () => {
    for (const [name, service] of services) {
      expect([name, service.image]).toEqual([name, expect.stringMatching(/:v?\d+\.\d+(\.\d+)?(-[\w.]+)?$/)]);
    }
  });

  test('each task queue has its own worker service', () => {
    const kinds = quaestor
      .filter(([, service]) => service.command?.[1] === 'dist/workers/main.js')
      .map(([name, service]) => [name, service.command?.[2]]);
    expect(kinds.sort()).toEqual(TASK_QUEUE_NAMES.map((queue) => [`worker-${queue}`, queue]).sort());
  });

  test('API, workers and migration are entries that exist in the sources', () => {
    for (const [, service] of quaestor) {
      const entry = service.command?.[1] ?? '';
      const source = entry.replace(/^dist\//, '').replace(/\.js$/, '.ts');
      expect([entry, existsSync(source)]).toEqual([entry, true]);
    }
  });

  test('Quaestor’s services are given only settings that platform/config.ts knows, and a valid configuration', () => {
    const known = settingNames();
    for (const [name, service] of quaestor) {
      const environment = service.environment ?? {};
      for (const key of Object.keys(environment))
        expect([name, known]).toEqual([name, expect.arrayContaining([key])]);
      const env = Object.fromEntries(
        Object.entries(environment).map(([key, value]) => [key, interpolate(value)]),
      );
      expect(() => parseConfig(env)).not.toThrow();
    }
  });

  test('only the migration holds the owner’s password', () => {
    const holders = quaestor.filter(([, service]) =>
      JSON.stringify(service).includes('STORE_OWNER_PASSWORD'),
    );
    expect(holders.map(([name]) => name)).toEqual(['migrate']);
  });

  test('no secret has a default, and each one is in deploy/compose.env.example', () => {
    expect(text.match(/\$\{[A-Z_]+(?!:\?)[^A-Z_]/g) ?? []).toEqual([]);
    expect(Object.keys(secrets).sort()).toEqual([...variables].sort());
    for (const line of readEnvFile('deploy/compose.env.example')) expect(line.value).toBe('');
    const passwords = services.flatMap(([, service]) =>
      Object.entries(service.environment ?? {}).filter(([key]) => /PASSWORD|PWD|AUTH|_KEY$/.test(key)),
    );
    expect(passwords.length).toBeGreaterThan(0);
    for (const [key, value] of passwords)
      expect([key, value]).toEqual([key, expect.stringMatching(/^\$\{\w+:\?/)]);
  });

  test('ports are open on loopback only', () => {
    for (const [name, service] of services) {
      for (const port of service.ports ?? [])
        expect([name, port]).toEqual([name, expect.stringMatching(/^127\.0\.0\.1:/)]);
    }
  });

  test('workers can be scaled: no fixed name, no published port', () => {
    for (const [name, service] of services.filter(([name]) => name.startsWith('worker-'))) {
      expect([name, service.container_name, service.ports]).toEqual([name, undefined, undefined]);
    }
  });

  test('volumes are declared, and files that are mounted exist', () => {
    for (const [, service] of services) {
      for (const volume of service.volumes ?? []) {
        const from = volume.split(':')[0] ?? '';
        if (from.startsWith('./')) expect([from, existsSync(from)]).toEqual([from, true]);
        else expect(Object.keys(compose.volumes)).toContain(from);
      }
    }
  });

  test('the set-up of Temporal registers every search attribute', () => {
    const script = readProjectFile('deploy/temporal/set-up-namespace.sh');
    expect(/^for name in (.+); do$/m.exec(script)?.[1]?.split(' ').sort()).toEqual(
      Object.keys(SEARCH_ATTRIBUTES).sort(),
    );
    expect(new Set(Object.values(SEARCH_ATTRIBUTES))).toEqual(new Set(['Keyword']));
  });

  test.each([
    'deploy/postgres/create-roles.sh',
    'deploy/temporal/create-schema.sh',
    'deploy/temporal/set-up-namespace.sh',
  ])('%s can be executed', (path) => {
    expect(statSync(path).mode & 0o111).not.toBe(0);
  });
});

describe('Dockerfile', () => {
  const dockerfile = readProjectFile('Dockerfile');
  const runtime = dockerfile.slice(dockerfile.indexOf(' AS runtime'));

  test('runs as a user without rights, with a health check', () => {
    expect(runtime).toMatch(/^USER node$/m);
    expect(runtime).toMatch(/^HEALTHCHECK /m);
  });

  test('the runtime has no development packages and no sources', () => {
    expect(dockerfile).toContain('npm prune --omit=dev');
    expect(runtime).not.toMatch(/^COPY (?!--from=build)/m);
  });

  test('what it sets is known to platform/config.ts', () => {
    const names = [...runtime.matchAll(/\b(QUAESTOR_[A-Z_]+)=/g)].map((match) => match[1]);
    expect(names.length).toBeGreaterThan(0);
    for (const name of names) expect(settingNames()).toContain(name);
  });

  test('Node is of a version that package.json admits', () => {
    const version = /node:(\d+)\.(\d+)\.\d+-/.exec(dockerfile);
    expect(Number(version?.[1])).toBe(20);
    expect(Number(version?.[2])).toBeGreaterThanOrEqual(19);
  });

  test('secrets and state stay out of the build context', () => {
    const ignored = readProjectFile('.dockerignore').split('\n');
    for (const path of ['.env', '.quaestor', '.git', 'deploy/compose.env', 'node_modules'])
      expect(ignored).toContain(path);
  });
});
