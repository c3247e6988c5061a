import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { DefaultLogger, Runtime, Worker, type WorkflowBundleOption } from '@temporalio/worker';
import { WORKFLOWS } from '../../contracts/workflows.js';
import { buildWorkflowBundle } from '../../workers/workflow-bundle.js';

const folder = join(import.meta.dirname, 'histories');
const names = readdirSync(folder).filter((name) => name.endsWith('.json'));
let workflowBundle: WorkflowBundleOption;

beforeAll(async () => {
  Runtime.install({ shutdownSignals: [], logger: new DefaultLogger('ERROR') });
  workflowBundle = { code: await buildWorkflowBundle() };
});

describe('workflows that were running before a change go on after it', () => {
  test.each(names)('%s replays with the code of today', async (name) => {
    const history: unknown = JSON.parse(readFileSync(join(folder, name), 'utf8'));
    await Worker.runReplayHistory({ workflowBundle }, history, `replay-${name}`);
  });

  test('a history that the code does not fit is refused, so these tests can fail', async () => {
    const text = readFileSync(join(folder, 'answer-question-repaired.json'), 'utf8');
    const other: unknown = JSON.parse(text.replaceAll('"answerQuestion"', '"indexSource"'));
    await expect(Worker.runReplayHistory({ workflowBundle }, other, 'replay-other')).rejects.toThrow();
  });

  test('every workflow of the bundle has a recorded history', () => {
    const recorded = names.map((name) => readFileSync(join(folder, name), 'utf8'));
    for (const workflow of Object.values(WORKFLOWS)) {
      expect(
        recorded.some(
          (text) => text.includes(`"name": "${workflow}"`) || text.includes(`"name":"${workflow}"`),
        ),
      ).toBe(true);
    }
  });
});
