#!/usr/bin/env bash
# Installs what the tables node_*.toml call besides the common tools: sets of npm packages of several majors below /home/runner/tools/<set>,
# for the user `runner`. Run as root after setup.sh.
set -euo pipefail
install -d -o runner -g runner /home/runner/tools

as_runner() {
  setpriv --reuid=runner --regid=runner --clear-groups env -i HOME=/home/runner USER=runner PATH=/usr/local/bin:/usr/bin:/bin \
    NODE_EXTRA_CA_CERTS=/etc/ssl/certs/ca-certificates.crt PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD=1 PUPPETEER_SKIP_DOWNLOAD=1 "$@"
}
npm_set() { # npm_set NAME PACKAGE...
  local name=$1
  shift
  [ -e "/home/runner/tools/$name/.done" ] && return
  as_runner mkdir -p "/home/runner/tools/$name"
  (cd "/home/runner/tools/$name" && as_runner npm init --yes >/dev/null &&
    as_runner npm install --silent --no-fund --no-audit --legacy-peer-deps "$@" && as_runner touch .done) || echo "failed: $name"
}

npm_set node12 node@12
npm_set node14 node@14
npm_set node16 node@16
npm_set node18 node@18
npm_set node22 node@22
npm_set node24 node@24
npm_set bun bun
npm_set deno deno
npm_set npm6 npm@6
npm_set npm8 npm@8
npm_set npm10 npm@10
npm_set berry @yarnpkg/cli-dist@4
npm_set pnpm8 pnpm@8
npm_set pnpm10 pnpm@10
npm_set packaging license-checker license-checker-rseidelsohn audit-ci better-npm-audit check-engine npm-check depcheck lerna@6 node-gyp syncpack lockfile-lint
npm_set jest26 jest@26 jest-junit
npm_set jest30 jest@30 jest-junit jest-environment-jsdom @testing-library/dom @testing-library/jest-dom typescript@5 ts-jest
npm_set jest29 jest@29 jest-junit typescript@5 ts-jest@29 @babel/preset-env @babel/preset-typescript @babel/preset-react nock supertest express
npm_set vitest1 vitest@1 @vitest/coverage-v8@1
npm_set vitest3 vitest@3 @vitest/coverage-v8@3 jsdom @testing-library/dom
npm_set mocha mocha@11 chai@4 sinon nyc c8 mocha-junit-reporter mochawesome supertest express chai-as-promised
npm_set mocha7 mocha@7 chai@3
npm_set ava ava@6
npm_set tap tap@16 tape@5 tap-spec uvu qunit jasmine@5 jasmine-reporters lab @hapi/lab @hapi/code
npm_set cucumber @cucumber/cucumber
npm_set playwright @playwright/test
npm_set ts4 typescript@4.9 @types/node@18
npm_set ts3 typescript@3.9
npm_set ts5 typescript@5 @types/node@20 @types/react@18 react@18 @types/express express zod
npm_set vue vue@3 vue-tsc typescript@5 vite@5 @vitejs/plugin-vue
npm_set svelte svelte@4 svelte-check@3 typescript@5
npm_set bundlers rollup@4 @rollup/plugin-typescript @rollup/plugin-node-resolve tslib webpack@5 webpack-cli ts-loader typescript@5 esbuild @babel/core @babel/cli @babel/preset-env sass less postcss postcss-cli coffeescript terser
npm_set next next@14 react@18 react-dom@18 typescript@5 @types/react@18 @types/node@20
npm_set eslint8 eslint@8 @typescript-eslint/parser@6 @typescript-eslint/eslint-plugin@6 typescript@5.3 eslint-plugin-react eslint-plugin-import eslint-plugin-jsx-a11y eslint-plugin-react-hooks@4 eslint-config-airbnb-base
npm_set eslint9 eslint@9 @eslint/js@9 typescript-eslint@8 typescript@5 eslint-plugin-react eslint-formatter-unix eslint-formatter-junit
npm_set lint stylelint@16 stylelint-config-standard @commitlint/cli @commitlint/config-conventional markdownlint-cli markdownlint-cli2 html-validate htmlhint linkinator markdown-link-check size-limit @size-limit/file cspell depcheck madge dependency-cruiser @biomejs/biome oxlint standard jshint ajv-cli textlint textlint-rule-terminology alex write-good broken-link-checker bundlesize @ls-lint/ls-lint knip publint secretlint @secretlint/secretlint-rule-preset-recommend editorconfig-checker dockerfilelint jscpd license-check-and-add prettier@2
npm_set api @redocly/cli @stoplight/spectral-cli graphql@16 graphql-schema-linter
npm_set tasks gulp grunt grunt-cli concurrently npm-run-all wait-on cross-env start-server-and-test nx@17 turbo rimraf
npm_set runtime zod joi ajv envalid convict dotenv-safe axios node-fetch@2 got@11 pg ioredis mongodb mysql2 amqplib kafkajs nodemailer express fastify commander yargs config js-yaml toml winston pino ws sequelize knex typeorm mongoose prisma@5 puppeteer-core ssh2 @grpc/grpc-js @aws-sdk/client-s3 undici bull jsonwebtoken class-validator reflect-metadata
