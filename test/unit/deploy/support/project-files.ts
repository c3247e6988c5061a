import { readFileSync } from 'node:fs';

/** Text of a file of the project. */
export const readProjectFile = (path: string): string =>
  readFileSync(new URL(`../../../../${path}`, import.meta.url), 'utf8');

/** Names of the settings in platform/config.ts, in its order, without the figures of the task-queue table. */
export function settingNames(): string[] {
  const source = readProjectFile('platform/config.ts');
  const shape = /const settings = z\.object\(\{\n(.*?)\n\}\);/s.exec(source)?.[1];
  if (!shape) throw new Error('platform/config.ts has no "const settings = z.object({"');
  return [...shape.matchAll(/^ {2}([A-Z][A-Z0-9_]*):/gm)].map((match) => match[1] ?? '');
}

export interface EnvLine {
  name: string;
  value: string;
  /** False for `# NAME=…`. */
  isSet: boolean;
}

/** The `NAME=value` lines of a dotenv file, those behind a `#` too. */
export const readEnvFile = (path: string): EnvLine[] =>
  [...readProjectFile(path).matchAll(/^(# )?([A-Z][A-Z0-9_]*)=(.*)$/gm)].map(
    ([, hash, name = '', value = '']) => ({
      name,
      value,
      isSet: hash === undefined,
    }),
  );
