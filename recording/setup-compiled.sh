#!/usr/bin/env bash
# What the tables c_cpp, rust, go, jvm and other_compiled need beyond setup.sh: compilers and build tools of Debian, PyPI and Go,
# German and French messages, and the Maven artifacts that offline runs find. Run as root.
set -euo pipefail

env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends locales gcc-12-locales gcc-11 g++-11 clang clang-19 lld \
  libclang-rt-14-dev libclang-rt-19-dev clang-tidy clang-format cppcheck gdb gfortran cmake ninja-build autoconf automake libtool pkg-config bison \
  flex valgrind catch2 doctest-dev libgtest-dev libgmock-dev libboost-dev gradle ant kotlin scala groovy ocaml ocaml-dune ghc nim gdc ldc gnat fpc \
  protobuf-compiler flatbuffers-compiler
sed -i 's/^# \(de_DE.UTF-8\|fr_FR.UTF-8\)/\1/' /etc/locale.gen
locale-gen

as_runner() {
  setpriv --reuid=runner --regid=runner --clear-groups env -i HOME=/home/runner USER=runner GOPATH=/home/runner/go RUSTUP_TOOLCHAIN=stable \
    PATH=/home/runner/venv/bin:/home/runner/.cargo/bin:/home/runner/go/bin:/usr/local/go/bin:/usr/bin:/bin \
    SSL_CERT_FILE=/etc/ssl/certs/ca-certificates.crt PIP_CERT=/etc/ssl/certs/ca-certificates.crt "$@"
}

as_runner pip install --quiet meson ziglang grpcio-tools gcovr cpplint
as_runner go install github.com/golangci/golangci-lint/cmd/golangci-lint@v1.64.8

# Catch2's main takes long to compile: once is enough.
as_runner mkdir -p /home/runner/.cache/catch2
as_runner bash -c "printf '#define CATCH_CONFIG_MAIN\n#include <catch2/catch.hpp>\n' | g++ -std=c++17 -O0 -x c++ -c - -o /home/runner/.cache/catch2/main.o"

# Maven's recordings run offline: fetch the plugins and libraries that they name.
project=$(as_runner mktemp -d)
cat > "$project/pom.xml" <<'POM'
<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>com.example</groupId><artifactId>warm</artifactId><version>1</version>
  <properties><maven.compiler.source>17</maven.compiler.source><maven.compiler.target>17</maven.compiler.target></properties>
  <dependencies>
    <dependency><groupId>org.junit.jupiter</groupId><artifactId>junit-jupiter</artifactId><version>5.10.2</version></dependency>
    <dependency><groupId>org.assertj</groupId><artifactId>assertj-core</artifactId><version>3.25.3</version></dependency>
    <dependency><groupId>org.mockito</groupId><artifactId>mockito-core</artifactId><version>5.11.0</version></dependency>
    <dependency><groupId>org.testng</groupId><artifactId>testng</artifactId><version>7.10.2</version></dependency>
    <dependency><groupId>junit</groupId><artifactId>junit</artifactId><version>4.13.2</version></dependency>
  </dependencies>
  <build><plugins>
    <plugin><artifactId>maven-surefire-plugin</artifactId><version>3.2.5</version></plugin>
    <plugin><artifactId>maven-enforcer-plugin</artifactId><version>3.4.1</version></plugin>
    <plugin><artifactId>maven-checkstyle-plugin</artifactId><version>3.3.1</version></plugin>
    <plugin><groupId>org.jacoco</groupId><artifactId>jacoco-maven-plugin</artifactId><version>0.8.11</version></plugin>
  </plugins></build>
</project>
POM
as_runner mvn -B -q -f "$project/pom.xml" dependency:go-offline
for provider in surefire-junit-platform surefire-junit4 surefire-testng; do
  as_runner mvn -B -q dependency:get -Dartifact=org.apache.maven.surefire:$provider:3.2.5
done
