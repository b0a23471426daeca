#!/usr/bin/env bash
# Installs what the table scripting.toml calls, and the browser of node_tests.toml. Run as root on Debian 12.
set -euo pipefail
apt-get install -y --no-install-recommends bats bundler busted chromium composer elixir gawk jq lua-check lua5.4 nim octave php-cli \
  php-codesniffer php-mbstring php-xml phpunit r-base-core r-cran-testthat rspec rubocop ruby-minitest shellcheck tcl libxml2-utils
