import { createRequire } from 'node:module';
import { extname } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

/**
 * Node's arguments that run the module `name` beside `callerUrl` as a process of its own: TypeScript through tsx in a checkout,
 * plain JavaScript in a build.
 */
export function processEntry(callerUrl: string, name: string): string[] {
  const extension = extname(fileURLToPath(callerUrl));
  const entry = fileURLToPath(new URL(`./${name}${extension}`, callerUrl));
  if (extension !== '.ts') return [entry];
  const tsx = pathToFileURL(createRequire(callerUrl).resolve('tsx')).href;
  return ['--import', tsx, entry];
}
