import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { UsageError } from '../../../cli/cli-error.js';
import { findConnection } from '../../../cli/connection.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'quaestor-cli-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

const write = (
  home: string,
  text = JSON.stringify({ apiUrl: 'http://127.0.0.1:8081', apiKey: 'qsk_file' }),
) => {
  mkdirSync(home, { recursive: true });
  writeFileSync(join(home, 'credentials.json'), text);
};

describe('where the API is', () => {
  test('comes from the file that npm start wrote', () => {
    write(join(folder, '.quaestor'));
    expect(findConnection({ env: {}, folders: [join(folder, 'none'), folder] })).toEqual({
      apiUrl: 'http://127.0.0.1:8081',
      apiKey: 'qsk_file',
    });
  });

  test('QUAESTOR_HOME names another folder', () => {
    write(join(folder, 'home'));
    expect(findConnection({ env: { QUAESTOR_HOME: join(folder, 'home') }, folders: [] }).apiKey).toBe(
      'qsk_file',
    );
  });

  test('the option goes before the environment, the environment before the file', () => {
    write(join(folder, '.quaestor'));
    const env = { QUAESTOR_API_URL: 'http://env:1', QUAESTOR_API_KEY: 'qsk_env' };
    expect(findConnection({ env, folders: [folder] })).toEqual({ apiUrl: 'http://env:1', apiKey: 'qsk_env' });
    expect(findConnection({ apiOption: 'http://option:2', env, folders: [folder] }).apiUrl).toBe(
      'http://option:2',
    );
  });

  test('the file’s key is not sent to another address', () => {
    write(join(folder, '.quaestor'));
    const find = () => findConnection({ apiOption: 'https://elsewhere.example', env: {}, folders: [folder] });
    expect(find).toThrow(UsageError);
    expect(find).toThrow('QUAESTOR_API_KEY');
  });

  test('a broken file is named', () => {
    write(join(folder, '.quaestor'), '{');
    expect(() => findConnection({ env: {}, folders: [folder] })).toThrow('credentials.json');
  });
});
