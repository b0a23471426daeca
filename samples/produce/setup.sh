#!/usr/bin/env bash
# Installs the tools that the provocations call, for the user `runner` below /home/runner. Run as root on Debian 12 or like it,
# with python3, node, npm, go, cargo, gcc, cmake, java, mvn, git, curl, wget, psql, docker (client), valgrind and strace present.
set -euo pipefail

id runner >/dev/null 2>&1 || useradd --create-home --uid 1001 --shell /bin/bash runner
install -d -o runner -g runner /home/runner/work /home/runner/work/demo /home/runner/work/demo/demo /home/runner/go

if [ ! -d /home/runner/.rustup ]; then
  install -d /home/runner/.rustup/toolchains /home/runner/.cargo/bin
  cp -a "$(rustc --print sysroot)" /home/runner/.rustup/toolchains/stable-x86_64-unknown-linux-gnu
  cp -a "$(dirname "$(command -v rustup)")/." /home/runner/.cargo/bin/
  chown -R runner:runner /home/runner/.rustup /home/runner/.cargo
fi

as_runner() {
  setpriv --reuid=runner --regid=runner --clear-groups env -i HOME=/home/runner USER=runner \
    PATH=/home/runner/venv/bin:/home/runner/.cargo/bin:/usr/local/go/bin:/usr/bin:/bin \
    SSL_CERT_FILE=/etc/ssl/certs/ca-certificates.crt PIP_CERT=/etc/ssl/certs/ca-certificates.crt \
    NODE_EXTRA_CA_CERTS=/etc/ssl/certs/ca-certificates.crt "$@"
}

as_runner /usr/bin/python3 -m venv /home/runner/venv
as_runner pip install --quiet pytest pytest-cov pytest-xdist pytest-rerunfailures pytest-timeout hypothesis mypy ruff flake8 \
  black isort pylint tox nox uv poetry bandit yamllint pre-commit requests pyyaml numpy syrupy codespell build
cd /home/runner/work/demo
as_runner npm init --yes >/dev/null
as_runner npm install --silent --no-fund --no-audit jest@29 jest-junit vitest@2 mocha@10 mocha-junit-reporter typescript@5 eslint@9 prettier@3 \
  webpack webpack-cli vite@5 esbuild yarn@1 pnpm@9 tsx license-checker
as_runner env GOPATH=/home/runner/go go install gotest.tools/gotestsum@latest
as_runner env GOPATH=/home/runner/go go install honnef.co/go/tools/cmd/staticcheck@latest
as_runner rustup default stable || true
