import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { bundleWorkflowCode, type WorkflowBundleOption } from '@temporalio/worker';

/** The workflows' entry: beside this file, in TypeScript or built. */
const entry = (): string =>
  createRequire(import.meta.url).resolve(
    `../workflows/index${import.meta.url.endsWith('.ts') ? '.ts' : '.js'}`,
  );

/** Bundles all workflows; 1 to 4 s. Production ships the result as a file (scripts/build.mjs). */
export async function buildWorkflowBundle(): Promise<string> {
  const silent = () => undefined;
  const { code } = await bundleWorkflowCode({
    workflowsPath: entry(),
    logger: {
      log: silent,
      trace: silent,
      debug: silent,
      info: silent,
      warn: console.warn,
      error: console.error,
    },
  });
  return code;
}

/** The bundle from a file when there is one, else built now. @throws when the file cannot be read. */
export async function loadWorkflowBundle(path: string | undefined): Promise<WorkflowBundleOption> {
  if (path === undefined) return { code: await buildWorkflowBundle() };
  await readFile(path, { flag: 'r' }).then((bytes) => bytes.length);
  return { codePath: path };
}
