#!/usr/bin/env bash
# Installs the tools that the provocations call, for the user `runner` below /home/runner. Run as root on Debian 12 or like it,
# with python3, node, npm, go, cargo, gcc, cmake, java, mvn, git, curl, wget, psql, docker (client), valgrind and strace present, and for
# ecosystems.toml bats, busted, elixir, gfortran, lua5.4, ocaml-dune, php-cli, phpunit, ruby-minitest, ruby-rspec and texlive-latex-base.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)

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

# BuildKit without Docker: its daemon, the buildx client and runc, from the Go proxy. `go install` refuses modules with exclude
# directives, so each is built inside a module of our own. runc gets no libseccomp; a shim takes the profile out of the bundle.
build() { # build MODULE@VERSION PROGRAM CGO_ENABLED LIBRARY: a package of the module, which brings it into ours
  local module
  module=$(mktemp -d)
  (cd "$module" && export GOFLAGS="-buildvcs=false -mod=mod" CGO_ENABLED="$3" && go mod init example.com/tools &&
    printf 'package main\n\nimport _ "%s"\n\nfunc main() {}\n' "$4" > main.go && go get "$1" &&
    go build -ldflags='-s -w' -o /home/runner/go/bin/ "$2")
  rm -rf "$module"
}
build github.com/moby/buildkit@v0.23.2 github.com/moby/buildkit/cmd/buildkitd 0 github.com/moby/buildkit/client
build github.com/docker/buildx@v0.24.0 github.com/docker/buildx/cmd/buildx 0 github.com/docker/buildx/build
GOBIN=/home/runner/go/bin CGO_ENABLED=1 go install github.com/opencontainers/runc@v1.2.6
mv /home/runner/go/bin/runc /home/runner/go/bin/runc.real
install -m 755 "$here/runc-without-seccomp.sh" /home/runner/go/bin/runc
"$here/rootfs.sh" /home/runner/rootfs
