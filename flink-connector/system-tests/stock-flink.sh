#!/usr/bin/env bash
# Puts a stock Flink distribution together: stock-flink.sh DIRECTORY [VERSION], by default 2.3.0.
#
# Flink's download site has it as one archive; package registries have its parts, which are the same files: PyPI's
# apache-flink-libraries has lib, opt and plugins, its apache-flink has bin and conf, and Maven's registry has examples
# and the SQL gateway. They are fetched once, into ~/.cache/arrow-shm (or below XDG_CACHE_HOME), and copied from there.
#
# Needs a JDK 17, and Python 3 with pip or venv. DIRECTORY must not exist, and has the whole distribution or is not there.
set -euo pipefail

fail() {
  echo "error: $1" >&2
  exit 2
}

(( $# == 1 || $# == 2 )) || fail "usage: stock-flink.sh DIRECTORY [VERSION]"
directory="$1"
version="${2:-2.3.0}"
here="$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")" && pwd)"
cache="${XDG_CACHE_HOME:-$HOME/.cache}/arrow-shm"
distribution="$cache/flink-$version"
new="$cache/.flink-$version.$$"

[[ "$version" =~ ^[0-9]+\.[0-9]+\.[0-9]+$ ]] || fail "$version is no version of Flink, such as 2.3.0"
[[ ! -e "$directory" ]] || fail "$directory is there already: name a directory that is not"
[[ -d "$(dirname "$directory")" ]] || fail "there is no $(dirname "$directory") to put $(basename "$directory") into"

# What is downloaded stands in parts, and is what stock-flink.sha256 says, if that knows the version.
download() {
  local pip=(python3 -m pip)
  command -v python3 >/dev/null || fail "no python3 found: install Python 3 with pip or venv (python3-venv on Debian)"
  if ! "${pip[@]}" --version >/dev/null 2>&1; then
    python3 -m venv "$new/venv" || fail "this Python has neither pip nor venv: install one (python3-venv on Debian)"
    pip=("$new/venv/bin/python" -m pip)
  fi
  # A wheel of any platform will do: only its scripts and its configuration are used.
  "${pip[@]}" download -q --disable-pip-version-check --no-deps --dest "$new/parts" --only-binary :all: \
    --python-version 3.11 --implementation cp --abi cp311 --platform manylinux2014_x86_64 "apache-flink==$version" &&
    "${pip[@]}" download -q --disable-pip-version-check --no-deps --dest "$new/parts" --no-binary :all: \
      "apache-flink-libraries==$version" || fail "pip could not download Flink $version, see above"
  check_sums
}

check_sums() {
  local known
  known="$(grep -F -- "-$version" "$here/stock-flink.sha256" || true)"
  if [[ -z "$known" ]]; then
    echo "No checksums of Flink $version are known here: relying on those of the registry." >&2
  else
    (cd "$new/parts" && sha256sum --quiet --strict --check <<<"$known") ||
      fail "what was downloaded is not what stock-flink.sha256 says: it is another file, or it is damaged"
  fi
}

unpack() {
  local home="$new/home"
  mkdir -p "$home/log" "$home/examples/streaming"
  tar --no-same-owner -xzf "$new"/parts/apache*flink*libraries*.tar.gz -C "$new" --strip-components=1 --wildcards '*/deps' '*/LICENSE' '*/NOTICE'
  mv "$new"/deps/{lib,opt,plugins,licenses} "$new/LICENSE" "$new/NOTICE" "$home/"
  python3 -m zipfile -e "$new"/parts/apache_flink-*.whl "$new/wheel"
  mv "$new"/wheel/pyflink/{bin,conf} "$home/"
  mv "$new"/deps/bin/*.jar "$home/bin/"
  chmod 755 "$home"/bin/*
  from_maven "flink-examples-streaming:$version:jar:WordCount" "$home/examples/streaming"
  from_maven "flink-examples-streaming:$version" "$home/examples/streaming"
  from_maven "flink-sql-gateway:$version" "$home/opt"
}

from_maven() {
  "$here/../../mvnw" -q -ntp -B -f "$here/../../pom.xml" -N org.apache.maven.plugins:maven-dependency-plugin:3.9.0:copy \
    -Dartifact="org.apache.flink:$1" -DoutputDirectory="$2" >&2 || fail "Maven could not fetch org.apache.flink:$1, see above"
}

mkdir -p "$cache"
exec {lock}<"$cache"
if [[ ! -d "$distribution" ]]; then
  flock "$lock"
fi
if [[ ! -d "$distribution" ]]; then
  echo "Fetching Flink $version, some 330 MB, once ..." >&2
  trap 'rm -rf "$new"' EXIT
  rm -rf "$cache/.flink-$version."*
  mkdir -p "$new/parts"
  download
  unpack
  mv "$new/home" "$distribution"
fi

# Jars are never changed in place, so they may be the cache's own files; the rest is for the user to change.
copy="$(dirname "$directory")/.$(basename "$directory").$$"
trap 'rm -rf "$copy" "$new"' EXIT
mkdir "$copy"
for part in "$distribution"/*; do
  case "${part##*/}" in
    lib | opt | plugins | examples) cp -rl "$part" "$copy/" 2>/dev/null || cp -r "$part" "$copy/" ;;
    *) cp -r "$part" "$copy/" ;;
  esac
done
mv "$copy" "$directory"
