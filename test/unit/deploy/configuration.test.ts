import { describe, expect, test } from '@jest/globals';
import { parseConfig } from '../../../platform/config.js';
import { readEnvFile, readProjectFile, settingNames } from './support/project-files.js';

/** One of a table of figures: a queue's, or a tier's limit. */
const isFigure = (name: string): boolean => /^QUAESTOR_(QUEUE|LIMIT)_/.test(name);
const settings = settingNames();
const example = readEnvFile('.env.example');
const encryptionKey = Buffer.alloc(32, 7).toString('base64');

interface Row {
  name: string;
  fallback: string;
}

/** Rows of the table under "Configuration": `| NAME | default | meaning |`. */
const tableRows = (): Row[] => {
  const section = /^## Configuration\n(.*?)^## /ms.exec(readProjectFile('README.md'))?.[1] ?? '';
  return [...section.matchAll(/^\| `([A-Z][A-Z0-9_]*)` +\| (.*?) +\| .+ \|$/gm)].map(
    ([, name = '', text = '']) => ({
      name,
      fallback: text.replaceAll('`', ''),
    }),
  );
};

describe('.env.example', () => {
  test('lists every setting and no other', () => {
    const names = example.map((line) => line.name).filter((name) => !isFigure(name));
    expect([...names].sort()).toEqual([...settings].sort());
  });

  test('its values are the defaults', () => {
    const required = { DATABASE_URL: 'postgres://a@b/c', QUAESTOR_ENCRYPTION_KEY: encryptionKey };
    const given = Object.fromEntries(
      example.filter((line) => line.isSet).map((line) => [line.name, line.value]),
    );
    expect(parseConfig({ ...given, ...required })).toEqual(parseConfig(required));
  });

  test('settings without a default are left out, settings with one are not', () => {
    const optional = example.filter((line) => !line.isSet && !isFigure(line.name)).map((line) => line.name);
    const source = readProjectFile('platform/config.ts');
    for (const name of settings) {
      const isOptional = new RegExp(`^ {2}${name}: .*\\.optional\\(\\),$`, 'm').test(source);
      expect([name, optional.includes(name)]).toEqual([name, isOptional]);
    }
  });

  test('its examples for optional settings and figures are accepted', () => {
    const all = Object.fromEntries(example.map((line) => [line.name, line.value]));
    expect(() => parseConfig({ ...all, QUAESTOR_ENCRYPTION_KEY: encryptionKey })).not.toThrow();
  });
});

describe('the configuration table of README.md', () => {
  test('lists every setting and no other', () => {
    expect(
      tableRows()
        .map((row) => row.name)
        .sort(),
    ).toEqual([...settings].sort());
  });

  test('has the same defaults as .env.example', () => {
    const notDefaults = new Set(['DATABASE_URL', 'QUAESTOR_ENCRYPTION_KEY']);
    for (const { name, fallback } of tableRows()) {
      const line = example.find((candidate) => candidate.name === name);
      if (notDefaults.has(name)) expect([name, fallback]).toEqual([name, 'required']);
      else if (line?.isSet) expect([name, fallback]).toEqual([name, line.value]);
      else expect([name, fallback]).toEqual([name, '—']);
    }
  });
});
