# What the commands of this repository have in common, for bash: finds a Java, builds what is missing or older than its
# sources, and runs it. The script that sources this sets, before it calls launch with the user's arguments:
#   root     the directory of the repository
#   module   the module whose main class is run, relative to root; its pom.xml copies what that needs into a directory
#            that the property run.NAME names, NAME being the last part of the module
#   sources  the modules that it is built from, relative to root
#   flags    the file of JVM flags, relative to the module's classes
#   main     the main class
#   jvm      an array of further JVM arguments
#   classes  a directory of further classes, if there is one
#
# What runs is a copy that no later build touches: module/target/run/NAME.XXXXXX. Whoever runs it holds a shared lock on
# that directory, and who has built a newer one removes those that nobody holds. Locks fall with the processes that hold
# them, however these end.

fail() {
  echo "error: $1" >&2
  exit 2
}

find_java() {
  if [[ -n "${JAVA_HOME:-}" ]]; then
    java="$JAVA_HOME/bin/java"
    [[ -x "$java" ]] || fail "JAVA_HOME is $JAVA_HOME, but there is no bin/java in it: set it to a JDK 17 or later"
    home="$JAVA_HOME"
  else
    java="$(command -v java)" || fail "no Java found: install a JDK 17 or later, or set JAVA_HOME to one"
    java="$(readlink -f "$java")"
    home="$(dirname "$(dirname "$java")")"
  fi
  # Every JDK says in this file what it is; asking it would take a JVM.
  local version=
  if [[ -r "$home/release" && "$(<"$home/release")" =~ JAVA_VERSION=\"([0-9]+) ]]; then
    version="${BASH_REMATCH[1]}"
  else
    version="$("$java" -XshowSettings:properties -version 2>&1 | sed -n 's/^ *java\.specification\.version = //p')"
  fi
  [[ "$version" =~ ^[0-9]+$ && "$version" -ge 17 ]] || fail "$java is Java ${version:-unknown}: a JDK 17 or later is needed"
}

stale() {
  [[ -f "$built" ]] || return 0
  local source watched=("$root/pom.xml")
  for source in "${sources[@]}"; do
    watched+=("$root/$source/pom.xml" "$root/$source/src/main")
  done
  [[ -n "$(find "${watched[@]}" -newer "$built" -print -quit)" ]]
}

# One build at a time, whatever it builds: modules that several commands need are built in the same place.
build() {
  [[ -x "$home/bin/javac" ]] || fail "$java is a Java without a compiler: a JDK 17 or later is needed to build"
  local lock
  exec {lock}<"$root/pom.xml"
  if ! flock -n "$lock"; then
    echo "Waiting for another command's build ..." >&2
    flock "$lock"
  fi
  if stale; then
    echo "Building (the first time this takes a minute, and fetches what is needed) ..." >&2
    build_alone || fail "the build failed, see above"
  fi
  exec {lock}<&-
}

build_alone() {
  local name="${module##*/}" new started
  mkdir -p "$root/$module/target/run" || return
  new="$(mktemp -d "$root/$module/target/run/$name.XXXXXX")" || return
  # Sources that change during the build are newer than its start, so the next run builds again.
  started="$new/started"
  touch "$started"
  if JAVA_HOME="$home" "$root/mvnw" -q -f "$root/pom.xml" -pl "$module" -am -Drun."$name"="$new/lib" \
      -Dmaven.test.skip=true -Dspotless.check.skip=true -Denforcer.skip=true package >&2 </dev/null &&
      cp -rL "$root/$module/target/classes" "$new/classes" && echo "$new" >"$new/built" &&
      touch -r "$started" "$new/built" && mv "$new/built" "$built"; then
    remove_unused "$new"
  else
    rm -rf "$new"
    return 1
  fi
}

remove_unused() {
  local old lock
  for old in "$root/$module"/target/run/*/; do
    if [[ "${old%/}" != "$1" ]]; then
      exec {lock}<"$old"
      if flock -xn "$lock"; then
        rm -rf "$old"
      fi
      exec {lock}<&-
    fi
  done
}

launch() {
  local built="$root/$module/target/run/built" run lock java home
  find_java
  while true; do
    if stale; then
      build
    fi
    run="$(<"$built")"
    # It may just have been removed, if a newer one was built meanwhile; once held, it stays.
    if { exec {lock}<"$run"; } 2>/dev/null && flock -s "$lock" && [[ -d "$run/classes" ]]; then
      break
    fi
    # Nor will it be there again, if somebody else has removed it.
    [[ "$run" != "$(<"$built")" ]] || rm -f "$built"
  done
  # Java reads its arguments and writes text in the encoding of the locale, and names may have any characters.
  if [[ "$(locale charmap 2>/dev/null)" != UTF-8 ]]; then
    export LC_ALL=C.UTF-8
  fi
  # jdk.console: without a terminal there is no console, as before Java 22, and so nothing is redrawn.
  exec "$java" -Djdk.console=java.base ${jvm[@]+"${jvm[@]}"} "@$run/classes/$flags" -cp "$run/classes:$run/lib/*${classes:+:$classes}" "$main" "$@"
}
