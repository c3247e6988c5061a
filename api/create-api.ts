import express, { type Express } from 'express';
import helmet from 'helmet';
import { QuaestorError } from '../contracts/quaestor-error.js';
import { createAnswersAtHand } from './answers-at-hand.js';
import type { ApiContext } from './api-context.js';
import type { ApiDeps } from './api-deps.js';
import { createAuthenticator } from './authenticate.js';
import { createOpenApiDocument } from './openapi.js';
import { problemHandler } from './problem.js';
import { createLimitRate } from './rate-limit.js';
import { createReconciler } from './reconcile-job.js';
import { logRequests } from './request-log.js';
import { Routes } from './route.js';
import { addApiKeyRoutes } from './routes/api-keys.js';
import { addConversationRoutes } from './routes/conversations.js';
import { addDataSourceRoutes } from './routes/data-sources.js';
import { addDatasetCleaningRoutes } from './routes/dataset-cleaning.js';
import { addDatasetProfileRoutes } from './routes/dataset-profiles.js';
import { addDatasetRoutes } from './routes/datasets.js';
import { addDescriptionRoutes } from './routes/descriptions.js';
import { createDocsRouter } from './routes/docs.js';
import { addExampleRoutes } from './routes/examples.js';
import { addExportRoutes } from './routes/exports.js';
import { addHealthRoutes } from './routes/health.js';
import { addIndexingRoutes } from './routes/indexing.js';
import { addJobRoutes } from './routes/jobs.js';
import { addJoinRoutes } from './routes/joins.js';
import { addMappingRoutes } from './routes/mappings.js';
import { addQuestionScheduleRoutes } from './routes/question-schedules.js';
import { addQuestionRoutes } from './routes/questions.js';
import { addSearchRoutes } from './routes/search.js';
import { addUploadRoutes } from './routes/uploads.js';

/** The HTTP API: parses, checks, starts and reads; all work is done by workflows. */
export function createApi(given: ApiDeps): Express {
  const deps: ApiContext = {
    ...given,
    reconcile: createReconciler(given),
    atHand: createAnswersAtHand(given),
  };
  const app = express();
  app.disable('x-powered-by');
  app.set('etag', false);
  app.set('query parser', 'simple');
  app.use(securityHeaders());
  app.use(logRequests(deps.logger, deps.metrics));

  const authenticator = createAuthenticator(deps.db);
  const routes = new Routes(authenticator, createLimitRate(deps.limiter, deps.config.rateLimits));
  addQuestionRoutes(routes, deps);
  addExampleRoutes(routes, deps);
  addQuestionScheduleRoutes(routes, deps);
  addExportRoutes(routes, deps);
  addConversationRoutes(routes, deps);
  addDataSourceRoutes(routes, deps);
  addIndexingRoutes(routes, deps);
  addJoinRoutes(routes, deps);
  addMappingRoutes(routes, deps);
  addDescriptionRoutes(routes, deps);
  addDatasetRoutes(routes, deps);
  addDatasetProfileRoutes(routes, deps);
  addDatasetCleaningRoutes(routes, deps);
  addJobRoutes(routes, deps);
  addApiKeyRoutes(routes, deps, authenticator);
  addHealthRoutes(routes, deps);
  addSearchRoutes(routes, deps);
  addUploadRoutes(routes, deps);
  routes.refuseOtherMethods();
  app.use(routes.router);
  app.use(createDocsRouter(createOpenApiDocument(routes.registry)));

  app.use((req) => {
    throw new QuaestorError('not_found', `There is no ${req.path} here; /openapi.json says what there is.`);
  });
  app.use(problemHandler(deps.logger));
  return app;
}

/** The documentation page needs styles in attributes and images as data; nothing is loaded from elsewhere. */
const securityHeaders = () =>
  helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        'default-src': ["'none'"],
        'script-src': ["'self'"],
        'style-src': ["'self'", "'unsafe-inline'"],
        'img-src': ["'self'", 'data:'],
        'connect-src': ["'self'"],
        'base-uri': ["'none'"],
        'form-action': ["'none'"],
        'frame-ancestors': ["'none'"],
      },
    },
    // TLS is ended in front of the API, which is where this header belongs.
    strictTransportSecurity: false,
  });
