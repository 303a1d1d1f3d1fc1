# The gateway with the web client in it: static files need no service of their own.
FROM node:24-slim AS web
WORKDIR /src/web
COPY web/package.json web/package-lock.json web/.npmrc ./
# Where a proxy with its own certificate stands between: docker build --secret id=ca,src=<bundle> …
RUN --mount=type=secret,id=ca,target=/etc/ssl/certs/ca-certificates.crt \
    NODE_EXTRA_CA_CERTS=/etc/ssl/certs/ca-certificates.crt npm ci --silent
COPY docs/api /src/docs/api
COPY shared/data/districts_bw.csv /src/shared/data/
COPY web ./
RUN npm run --silent build

FROM caddy:2.11
COPY deploy/gateway/Caddyfile /etc/caddy/Caddyfile
COPY --from=web /src/web/dist /srv/web
