import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import express, { type Router } from 'express';
import { renderErrorPage } from '../error-page.js';

const ASSETS = ['swagger-ui.css', 'swagger-ui-bundle.js', 'favicon-32x32.png'];

const PAGE = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>Quaestor API</title>
    <link rel="stylesheet" href="/docs/swagger-ui.css">
    <link rel="icon" type="image/png" href="/docs/favicon-32x32.png">
  </head>
  <body>
    <div id="swagger-ui"></div>
    <script src="/docs/swagger-ui-bundle.js"></script>
    <script src="/docs/swagger-initializer.js"></script>
  </body>
</html>
`;

const INITIALIZER = `window.ui = SwaggerUIBundle({
  url: '/openapi.json',
  dom_id: '#swagger-ui',
  deepLinking: true,
  persistAuthorization: false,
  validatorUrl: null,
});
`;

/** The documentation page, the error catalogue and the OpenAPI document; all from this process, so it works without a network. */
export function createDocsRouter(openApiDocument: object): Router {
  const folder = dirname(createRequire(import.meta.url).resolve('swagger-ui-dist/package.json'));
  const router = express.Router({ caseSensitive: true });
  router.get('/', (_req, res) => res.redirect(302, '/docs'));
  router.get('/openapi.json', (_req, res) => res.json(openApiDocument));
  router.get('/docs', (_req, res) => res.type('html').send(PAGE));
  router.get('/docs/errors', (_req, res) => res.type('html').send(renderErrorPage()));
  router.get('/docs/swagger-initializer.js', (_req, res) => res.type('js').send(INITIALIZER));
  for (const asset of ASSETS) {
    router.get(`/docs/${asset}`, (_req, res) => res.sendFile(join(folder, asset), { maxAge: '1h' }));
  }
  return router;
}
