# Sourced by .ci/setup and .ci/uv, with the checkout as the current folder: whom this machine trusts, where its tools are.
# shellcheck shell=bash

# A town hall's proxy often signs with its own certificate: trust what the machine trusts.
machine_trust=/etc/ssl/certs/ca-certificates.crt
if [ -r "$machine_trust" ]; then
  export SSL_CERT_FILE="${SSL_CERT_FILE:-$machine_trust}" PIP_CERT="${PIP_CERT:-$machine_trust}"
  export NODE_EXTRA_CA_CERTS="${NODE_EXTRA_CA_CERTS:-$machine_trust}"
fi
# Service accounts have no home folder to keep downloads in.
if [ ! -w "${HOME:-/nonexistent}" ]; then
  export HOME="$PWD/.local/home"
  mkdir -p "$HOME"
fi

find_uv() {
  local name
  for name in uv "$PWD/.local/uv/bin/uv"; do
    if "$name" --version >/dev/null 2>&1; then echo "$name" && return 0; fi
  done
  return 1
}
