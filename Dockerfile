# catalog-sync as a container: `docker build -t catalog-sync .`, then see docker-compose.yml.

# Built on another base, or on one by its digest: `--build-arg NODE_IMAGE=...`.
ARG NODE_IMAGE=node:24-bookworm-slim

FROM ${NODE_IMAGE} AS base
WORKDIR /app
COPY package.json package-lock.json .npmrc ./

FROM base AS build
# Optional packages are the embedded Postgres; a container is given its DATABASE_URL.
RUN npm ci --omit=optional --ignore-scripts
COPY tsconfig.json tsconfig.build.json ./
COPY scripts/build.js scripts/
COPY src src
RUN npm run build

FROM base AS dependencies
RUN npm ci --omit=dev --omit=optional --ignore-scripts

FROM ${NODE_IMAGE}
ENV NODE_ENV=production
WORKDIR /app
COPY --from=dependencies /app/node_modules node_modules
COPY --from=build /app/dist dist
COPY package.json catalog-sync.schema.json catalog-sync.example.yaml .env.example LICENSE CHANGELOG.md ./
COPY bin bin
COPY migrations migrations
COPY docs docs
# A number, so that a cluster which forbids root can tell without reading /etc/passwd: `node` of the base image.
USER 1000:1000
ENTRYPOINT ["node", "/app/bin/catalog-sync.js"]
CMD ["--help"]
