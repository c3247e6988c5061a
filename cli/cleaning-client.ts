import type {
  CleaningPlan,
  CleaningRecipe,
  CleaningStep,
  DatasetVersionEntry,
  PlannedStepStatus,
} from '../contracts/cleaning.js';
import type { Dataset } from '../contracts/dataset.js';
import type { ApiClient } from './api-client.js';

export interface PlanEdit {
  revision: number;
  steps: { id?: string; step?: CleaningStep; status: PlannedStepStatus }[];
}

/** What the API does about cleaning. */
export interface CleaningClient {
  plan(
    datasetId: string,
    body: { recipe?: unknown; askModel?: boolean },
  ): Promise<{ plan: CleaningPlan; jobId: string }>;
  newestPlan(datasetId: string): Promise<CleaningPlan>;
  editPlan(datasetId: string, planId: string, edit: PlanEdit): Promise<{ jobId: string }>;
  clean(
    datasetId: string,
    body: { recipe: unknown } | { planId: string; take: string },
  ): Promise<{ jobId: string }>;
  versions(datasetId: string): Promise<DatasetVersionEntry[]>;
  switchVersion(datasetId: string, versionId: string): Promise<Dataset>;
  undo(datasetId: string): Promise<Dataset>;
  recipe(datasetId: string, versionId: string): Promise<CleaningRecipe>;
}

const segment = encodeURIComponent;

export function createCleaningClient({ request }: Pick<ApiClient, 'request'>): CleaningClient {
  const of = (id: string): string => `/v1/datasets/${segment(id)}`;
  return {
    plan: (id, body) => request('POST', `${of(id)}/cleaning-plans`, body),
    newestPlan: (id) => request('GET', `${of(id)}/cleaning-plans/newest`),
    editPlan: (id, planId, edit) => request('PUT', `${of(id)}/cleaning-plans/${segment(planId)}/steps`, edit),
    clean: (id, body) => request('POST', `${of(id)}/clean`, body),
    versions: async (id) =>
      (await request<{ versions: DatasetVersionEntry[] }>('GET', `${of(id)}/versions`)).versions,
    switchVersion: (id, versionId) => request('PUT', `${of(id)}/active-version`, { versionId }),
    undo: (id) => request('POST', `${of(id)}/undo-cleaning`, {}),
    recipe: (id, versionId) => request('GET', `${of(id)}/versions/${segment(versionId)}/recipe`),
  };
}
