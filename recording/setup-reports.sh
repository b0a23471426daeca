#!/usr/bin/env bash
# What the tables junit_reports, annotations and builds call beyond the other setups: test runners and linters that write JUnit XML
# or annotations, for the user `runner`. Run as root on Debian 12 after setup.sh, setup-node.sh and setup-compiled.sh.
set -euo pipefail

env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends bats chromium libtap-formatter-junit-perl lua-busted phpunit \
  r-cran-testthat r-cran-xml2 ruby-rspec ruby-minitest ruby-minitest-reporters ruby-rspec-junit-formatter

as_runner() {
  setpriv --reuid=runner --regid=runner --clear-groups env -i HOME=/home/runner USER=runner GOPATH=/home/runner/go RUSTUP_TOOLCHAIN=stable \
    PATH=/home/runner/venv/bin:/home/runner/.cargo/bin:/home/runner/go/bin:/usr/local/go/bin:/usr/local/bin:/usr/bin:/bin \
    SSL_CERT_FILE=/etc/ssl/certs/ca-certificates.crt PIP_CERT=/etc/ssl/certs/ca-certificates.crt \
    NODE_EXTRA_CA_CERTS=/etc/ssl/certs/ca-certificates.crt PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD=1 PUPPETEER_SKIP_DOWNLOAD=1 "$@"
}
cd /home/runner/work

for name in pyreports pytest6; do
  [ -d "/home/runner/$name" ] || as_runner /usr/bin/python3 -m venv "/home/runner/$name"
done
as_runner uv pip install --quiet --python /home/runner/pyreports/bin/python pytest pytest-xdist pytest-rerunfailures pytest-timeout \
  pytest-subtests pytest-mock pytest-asyncio pytest-github-actions-annotate-failures unittest-xml-reporting nose2 behave robotframework \
  hypothesis mypy ruff flake8 flake8-formatter-junit-xml pylint pylint-junit yamllint bandit requests httpx numpy pandas django flask green stestr \
  junit-xml python-subunit sqlalchemy redis pydantic psutil lxml
as_runner uv pip install --quiet --python /home/runner/pytest6/bin/python 'pytest==6.2.5' 'pytest-xdist<3' 'pytest-timeout<2.2' requests numpy \
  'pytest-rerunfailures<11'

npm_set() { # npm_set NAME PACKAGE...
  local name=$1
  shift
  [ -e "/home/runner/tools/$name/.done" ] && return
  as_runner mkdir -p "/home/runner/tools/$name"
  (cd "/home/runner/tools/$name" && as_runner npm init --yes > /dev/null &&
    as_runner npm install --silent --no-fund --no-audit --legacy-peer-deps "$@" && as_runner touch .done) || echo "failed: $name"
}
npm_set karma karma karma-jasmine jasmine-core@5 karma-junit-reporter karma-chrome-launcher
npm_set reports tap-junit tap-xunit tape@5 ava@6 jasmine@5 jasmine-reporters @cucumber/cucumber newman stylelint@16 stylelint-config-standard \
  stylelint-junit-formatter markdownlint-cli2 markdownlint-cli2-formatter-junit @stoplight/spectral-cli supertest express
npm_set playwright @playwright/test

as_runner go install github.com/jstemmer/go-junit-report/v2@latest
as_runner cargo install --quiet --locked cargo2junit
# The compiler is asked for little: the tool's own speed does not matter here.
as_runner env CARGO_PROFILE_RELEASE_OPT_LEVEL=0 CARGO_PROFILE_RELEASE_LTO=off CARGO_PROFILE_RELEASE_DEBUG=0 \
  nice -n 10 cargo install --quiet --locked cargo-nextest

# Maven's recordings run offline: an older and a newer Surefire, Failsafe, and what the tests use.
for version in 2.22.2 3.2.5 3.5.2; do
  project=$(as_runner mktemp -d)
  cat > "$project/pom.xml" <<POM
<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>com.example</groupId><artifactId>warm</artifactId><version>1</version>
  <properties><maven.compiler.source>17</maven.compiler.source><maven.compiler.target>17</maven.compiler.target></properties>
  <dependencies>
    <dependency><groupId>org.junit.jupiter</groupId><artifactId>junit-jupiter</artifactId><version>5.10.2</version></dependency>
    <dependency><groupId>org.junit.vintage</groupId><artifactId>junit-vintage-engine</artifactId><version>5.10.2</version></dependency>
    <dependency><groupId>org.assertj</groupId><artifactId>assertj-core</artifactId><version>3.25.3</version></dependency>
    <dependency><groupId>org.hamcrest</groupId><artifactId>hamcrest</artifactId><version>2.2</version></dependency>
    <dependency><groupId>org.mockito</groupId><artifactId>mockito-core</artifactId><version>5.11.0</version></dependency>
    <dependency><groupId>org.awaitility</groupId><artifactId>awaitility</artifactId><version>4.2.1</version></dependency>
  </dependencies>
  <build><plugins>
    <plugin><artifactId>maven-surefire-plugin</artifactId><version>$version</version></plugin>
    <plugin><artifactId>maven-failsafe-plugin</artifactId><version>$version</version>
      <executions><execution><goals><goal>integration-test</goal><goal>verify</goal></goals></execution></executions></plugin>
  </plugins></build>
</project>
POM
  as_runner install -D /dev/null "$project/src/test/java/WarmTest.java"
  as_runner install -D /dev/null "$project/src/test/java/WarmIT.java"
  for name in WarmTest WarmIT; do
    printf 'class %s { @org.junit.jupiter.api.Test void a() {} @org.junit.Test public void b() {} }\n' "$name" > "$project/src/test/java/$name.java"
  done
  as_runner mvn -B -q -f "$project/pom.xml" verify
  for provider in junit4 testng junit-platform; do
    as_runner mvn -B -q dependency:get -Dartifact=org.apache.maven.surefire:surefire-$provider:$version
  done
  rm -rf "$project"
done
