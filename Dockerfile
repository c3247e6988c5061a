# syntax=docker/dockerfile:1
# One image for every Quaestor process; the command chooses which (docker-compose.yml):
#   node dist/api/main.js
#   node dist/workers/main.js orchestration|embedding|generation|data-source|all
#   node dist/db/migrate-main.js
ARG NODE_IMAGE=node:20.20.2-bookworm-slim

FROM ${NODE_IMAGE} AS build
WORKDIR /app
# Packages first (npm ci, and a mark that it was done): this layer is built again only when the lock file changes.
COPY package.json package-lock.json .npmrc ./
COPY scripts/bootstrap.mjs scripts/
RUN node --input-type=module --eval "import('/app/scripts/bootstrap.mjs').then((module) => module.ensureDependencies())"
COPY . .
RUN npm run build && npm prune --omit=dev

FROM ${NODE_IMAGE} AS runtime
WORKDIR /app
ENV NODE_ENV=production \
    QUAESTOR_HOST=0.0.0.0 \
    QUAESTOR_PORT=8080 \
    QUAESTOR_WORKFLOW_BUNDLE=/app/dist/workflow-bundle.js
COPY --from=build /app/package.json /app/LICENSE ./
COPY --from=build /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist
COPY --from=build /app/bin ./bin
COPY --from=build /app/deploy/healthcheck.mjs ./deploy/healthcheck.mjs
# A user of the base image without rights over these files.
USER node
EXPOSE 8080
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=6 CMD ["node", "deploy/healthcheck.mjs"]
CMD ["node", "dist/api/main.js"]
