import type { AnswersAtHand } from './answers-at-hand.js';
import type { ApiDeps } from './api-deps.js';
import type { ReconcileJob } from './reconcile-job.js';

/** The dependencies with what the routes share. */
export interface ApiContext extends ApiDeps {
  reconcile: ReconcileJob;
  atHand: AnswersAtHand;
}
