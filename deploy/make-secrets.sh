#!/bin/sh
# Makes the secrets that docker-compose.yml names, and .env from .env.example. What exists is kept: safe to run again.
#   deploy/make-secrets.sh [directory]
set -eu
here=$(cd "$(dirname "$0")" && pwd)
secrets=${1:-${SECRETS_DIR:-$here/secrets}}

umask 077
mkdir -p "$secrets"
# The directory is the lock: nobody but its owner passes it. The files in it must be readable for the users
# inside the containers, because Compose mounts a secret with the owner and mode of its file.
chmod 700 "$secrets"

random() { od -An -N32 -tx1 /dev/urandom | tr -d ' \n'; }
keep() { # keep NAME VALUE
  [ -s "$secrets/$1" ] && return
  printf '%s\n' "$2" >"$secrets/$1.new"
  chmod 444 "$secrets/$1.new"
  mv "$secrets/$1.new" "$secrets/$1"
  echo "made $secrets/$1"
}

keep redis_password "$(random)"
plain="redis://:$(cat "$secrets/redis_password")@redis:6379"
# Made before Redis spoke TLS here.
[ "$(cat "$secrets/redis_url" 2>/dev/null || :)" != "$plain" ] || rm -f "$secrets/redis_url"
keep redis_url "rediss${plain#redis}"
keep postgres_password "$(random)"
keep database_url "postgres://periodic_backup:$(cat "$secrets/postgres_password")@postgres:5432/periodic_backup"
keep api_token "$(random)"
keep secrets_key "$(random)"
keep grafana_password "$(random)"

if [ $# -eq 0 ] && [ ! -e "$here/../.env" ]; then
  cp "$here/../.env.example" "$here/../.env"
  echo "made .env: set SOURCE_DIR in it to the directory to back up"
fi
