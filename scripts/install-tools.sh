#!/usr/bin/env bash
# Installs what the suites of real components run: Debian packages, and tools of pinned versions into .tools.
# Needs Debian, root (for apt-get) and Go. Does nothing for what is there already.
set -euo pipefail
cd "$(dirname "$0")/.."

packages=(docker.io podman buildah skopeo debootstrap tar openssl slapd ldap-utils chromium python3-venv)

# One a line: command, package to build, module that holds it, version.
tools='
crane        github.com/google/go-containerregistry/cmd/crane         github.com/google/go-containerregistry                   v0.22.1
regctl       github.com/regclient/regclient/cmd/regctl                github.com/regclient/regclient                           v0.11.7
oras         oras.land/oras/cmd/oras                                  oras.land/oras                                           v1.2.3
helm         helm.sh/helm/v3/cmd/helm                                 helm.sh/helm/v3                                          v3.22.0
conformance  github.com/opencontainers/distribution-spec/conformance  github.com/opencontainers/distribution-spec/conformance  v0.0.0-20260831232431-97274622c111
'

install_packages() {
  local missing=()
  for package in "${packages[@]}"; do
    dpkg-query --show --showformat '${db:Status-Status}' "$package" 2>/dev/null | grep -qx installed || missing+=("$package")
  done
  if [ ${#missing[@]} -eq 0 ]; then return; fi
  apt-get update
  DEBIAN_FRONTEND=noninteractive apt-get install --yes --no-install-recommends "${missing[@]}"
}

# A module of its own that requires the tool's builds exactly the versions the tool's own go.mod names.
build_tool() {
  local name=$1 package=$2 module=$3 version=$4 stamp=.tools/bin/.$1-$4 workspace
  if [ -e "$stamp" ]; then return; fi
  workspace=$(mktemp -d)
  (
    cd "$workspace"
    printf 'module tools\n\ngo 1.24\n' >go.mod
    go mod edit -require="$module@$version"
    CGO_ENABLED=0 go build -mod=mod -buildvcs=false -trimpath -o tool "$package"
  ) || { rm -rf "$workspace"; return 1; }
  rm -f ".tools/bin/.$name"-*
  mv "$workspace/tool" ".tools/bin/$name"
  rm -rf "$workspace"
  touch "$stamp"
  echo "built $name $version"
}

# An environment of its own for schemathesis, made anew when the versions change.
install_schemathesis() {
  local stamp
  stamp=.tools/python/.$(sha256sum test/fuzz/requirements.txt | cut -c1-16)
  if [ -e "$stamp" ]; then return; fi
  rm -rf .tools/python
  python3 -m venv .tools/python
  .tools/python/bin/pip install --quiet --disable-pip-version-check --requirement test/fuzz/requirements.txt || return 1
  ln -sf ../python/bin/schemathesis .tools/bin/schemathesis
  touch "$stamp"
  echo "installed schemathesis"
}

install_packages
mkdir -p .tools/bin
# The conformance program's module is not served by every module proxy. Without it everything else still runs, and
# `npm run test:conformance` says what is missing.
optional=conformance
failures=0
if ! install_schemathesis; then
  echo "could not install schemathesis" >&2
  failures=1
fi
while read -r name package module version; do
  if [ -z "$name" ]; then continue; fi
  if build_tool "$name" "$package" "$module" "$version"; then continue; fi
  # Not every module proxy serves every module; a program of the name that somebody installed will do.
  if command -v "$name" >/dev/null; then
    echo "could not build $name $version; $(command -v "$name") is used"
  elif [ "$name" = "$optional" ]; then
    echo "could not build $name $version: the module proxy does not serve it" >&2
  else
    echo "could not build $name $version" >&2
    failures=1
  fi
done <<<"$tools"
exit "$failures"
