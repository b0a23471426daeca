#!/bin/bash
# runc without seccomp (it was built without libseccomp): takes the profile out of the bundle.
for ((i = 1; i < $#; i++)); do
  if [ "${!i}" = --bundle ]; then n=$((i + 1)); f="${!n}/config.json"; jq -c 'del(.linux.seccomp)' "$f" > "$f.new" && mv "$f.new" "$f"; fi
done
exec /home/runner/go/bin/runc.real "$@"
