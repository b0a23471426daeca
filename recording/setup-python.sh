#!/usr/bin/env bash
# Installs what the tables python_*.toml call, for the user `runner`, in virtual environments of their own: tools of packaging and
# checks (pytools), libraries that crash (pyapps), and releases of some years ago (pyold, pypoetry). Run as root after recording/setup.sh.
set -euo pipefail

as_runner() {
  setpriv --reuid=runner --regid=runner --clear-groups env -i HOME=/home/runner USER=runner \
    PATH=/home/runner/venv/bin:/usr/bin:/bin \
    SSL_CERT_FILE=/etc/ssl/certs/ca-certificates.crt PIP_CERT=/etc/ssl/certs/ca-certificates.crt "$@"
}

cd /home/runner/work
for name in pyapps pytools pyold; do
  as_runner /usr/bin/python3 -m venv "/home/runner/$name"
done
as_runner uv pip install --quiet --python /home/runner/pyapps/bin/python \
  pytest pytest-asyncio pytest-mock pytest-timeout pytest-randomly pytest-rerunfailures pytest-django pytest-bdd pytest-subtests pytest-html inline-snapshot \
  hypothesis django flask fastapi sqlalchemy alembic pandas numpy pydantic pydantic-settings aiohttp httpx requests click typer jinja2 celery \
  redis pyyaml marshmallow jsonschema attrs lxml pillow paramiko psycopg2-binary pymysql pika kafka-python scikit-learn matplotlib \
  boto3 cryptography tenacity structlog omegaconf hydra-core dynaconf python-decouple environs
as_runner uv pip install --quiet --python /home/runner/pytools/bin/python \
  pip pipenv "pdm==2.22.4" "hishel<0.1" hatch build twine pip-licenses nose2 behave robotframework pyright pydocstyle vulture \
  sphinx mkdocs cython meson-python maturin nbconvert ipykernel towncrier commitizen interrogate xenon import-linter \
  djlint sqlfluff check-manifest validate-pyproject pip-tools setuptools wheel meson ninja
as_runner uv pip install --quiet --python /home/runner/pyold/bin/python \
  'pip==24.0' 'pytest==7.1.3' 'pytest-cov==3.0.0' 'pytest-xdist==2.5.0' 'pytest-timeout==2.1.0' 'pytest-rerunfailures==10.3' 'mypy==0.991' 'flake8==5.0.4' 'black==22.12.0' 'tox==3.28.0' \
  'virtualenv<20.22' 'ruff==0.1.15' 'pylint==2.17.7' 'isort==5.12.0' 'requests==2.28.2' 'numpy==1.26.4' 'pandas==1.5.3' 'pydantic==1.10.13' 'sqlalchemy==1.4.50' 'setuptools<70' liccheck 'hypothesis==6.75.0' 'syrupy==3.0.6' 'bandit==1.7.5' pbr
as_runner uv pip install --quiet --python /home/runner/pyold/bin/python 'uv==0.5.10'
as_runner /usr/bin/python3 -m venv /home/runner/pypoetry
as_runner uv pip install --quiet --python /home/runner/pypoetry/bin/python 'poetry==1.8.5'
