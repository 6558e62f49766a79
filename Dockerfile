# One file for every service: docker build --build-arg APP=receiver .
# APP: scheduler, admin-api, receiver or sender-agent (a folder of apps/).
# A registry of your own: --secret id=npmrc,src=$HOME/.npmrc (never part of a layer).
FROM node:26-trixie-slim AS base
WORKDIR /app

# What npm needs to know, and nothing that changes with the sources: the installs below stay cached.
FROM base AS manifests
COPY . .
RUN find . -type f ! -name package.json ! -name package-lock.json ! -name .npmrc -delete \
 && find . -type d -empty -delete

FROM base AS build
COPY --from=manifests /app ./
RUN --mount=type=cache,target=/root/.npm --mount=type=secret,id=npmrc,target=/root/.npmrc npm ci
COPY . .
# All services at once: the four images share this layer.
RUN node_modules/.bin/tsc -b apps/scheduler/tsconfig.app.json apps/admin-api/tsconfig.app.json \
      apps/receiver/tsconfig.app.json apps/sender-agent/tsconfig.app.json apps/cli/tsconfig.app.json \
 && node tools/bundle.mjs scheduler admin-api receiver sender-agent cli \
 && node_modules/.bin/vite build apps/web --logLevel warn && rm -rf apps/web/node_modules apps/web/out-tsc \
 && find apps libs -type d \( -name src -o -name node_modules \) -prune -exec rm -rf {} + \
 && find apps libs -type f \( -name '*.d.ts' -o -name '*.map' -o -name '*.tsbuildinfo' -o -name 'tsconfig*' -o -name 'jest.config.*' \) -delete

# Production packages of one service and of the command-line client; npm links the rooms it uses under node_modules/@periodic-backup.
FROM base AS packages
COPY --from=manifests /app ./
ARG APP
RUN --mount=type=cache,target=/root/.npm --mount=type=secret,id=npmrc,target=/root/.npmrc \
    npm ci --omit=dev --workspace @periodic-backup/cli \
      --workspace "@periodic-backup/${APP:?say which service: --build-arg APP=receiver}" \
 && find . -path '*/node_modules/*' -type f \( -name '*.map' -o -name '*.d.ts' -o -name '*.d.mts' -o -name '*.d.cts' -o -name '*.md' \) -delete
COPY --from=build /app/apps/ apps/
COPY --from=build /app/libs/ libs/
# Rooms it does not use stay out.
RUN for room in apps/* libs/*; do \
      [ "$room" = "apps/$APP" ] || [ "$room" = apps/cli ] || [ "$APP $room" = 'admin-api apps/web' ] || [ -e "node_modules/@periodic-backup/${room#libs/}" ] || rm -rf "$room"; \
    done; rm -rf bench e2e package-lock.json .npmrc

FROM base AS runtime
ENV NODE_ENV=production HEALTH_HOST=0.0.0.0 HEALTH_PORT=9400 HEALTH_URL=http://127.0.0.1:9400/readyz
# Named volumes take owner and mode from here. Any user may keep agent state: who runs the agent is the operator's choice.
RUN install -d -o node -g node -m 755 /var/lib/periodic-backup /var/lib/periodic-backup/keys \
 && install -d -o node -g node -m 700 /var/lib/periodic-backup/private \
 && install -d -o node -g node -m 755 /var/lib/periodic-backup/agent-credentials \
      /var/lib/periodic-backup/receiver-credentials /var/lib/periodic-backup/redis-tls \
 && install -d -o node -g node -m 750 /vault \
 && install -d -m 1777 /var/lib/periodic-backup/state /restored
COPY --from=packages /app /app
# docker compose exec admin-api pbk status
RUN printf '#!/bin/sh\nexec node /app/apps/cli/dist/bundle.js "$@"\n' >/usr/local/bin/pbk && chmod 755 /usr/local/bin/pbk
COPY deploy/health-check.sh /usr/local/bin/health-check
ARG APP
WORKDIR /app/apps/${APP}
USER node
HEALTHCHECK --interval=5s --timeout=5s --start-period=60s --retries=5 \
  CMD ["/usr/local/bin/health-check"]
CMD ["node", "dist/bundle.js"]
