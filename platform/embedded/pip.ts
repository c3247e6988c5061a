import { findOnPath } from '../find-on-path.js';
import { runCommand } from './run-command.js';

/** A Python on the PATH that has pip, or undefined. */
export async function findPythonWithPip(env: NodeJS.ProcessEnv): Promise<string | undefined> {
  for (const name of ['python3', 'python', 'py']) {
    const python = await findOnPath(name, env);
    if (!python) continue;
    try {
      await runCommand(python, ['-m', 'pip', '--version'], { env, timeoutMs: 30_000 });
      return python;
    } catch {
      // No pip with this one; another may have it.
    }
  }
  return undefined;
}
