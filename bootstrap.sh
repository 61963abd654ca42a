#!/usr/bin/env bash
# Sets up everything that the build, the task graph and the tests need; does nothing when it is there.
#
#   ./bootstrap.sh           install what is missing, make .venv, install the project editable
#   ./bootstrap.sh --check   only look: exit code 1 and the reasons when something is to do
#   ./bootstrap.sh --lock    write constraints.txt anew from pyproject.toml; further words such as
#                            --upgrade or --upgrade-package NAME go to `uv pip compile`
#   ./bootstrap.sh --sbom FILE   write what constraints.txt pins as a bill of materials (CycloneDX JSON)
#   PYTHON=/path/to/python ./bootstrap.sh    choose the Python (3.11 or newer) that .venv is made of
#
# System packages are installed on Debian and Ubuntu only, as root or through sudo; elsewhere the
# commands are named. Python packages go into .venv only, each checked against its hash.
set -euo pipefail

root=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd -P)
venv=$root/.venv
stamp=$venv/bootstrap.stamp
unfinished=$venv/bootstrap.unfinished
uv_version=0.13.9
cyclonedx_version=7.5.0
cmake_needed=3.25
python_needed=3.11

# Settings of the caller that would send packages, or imports, somewhere other than .venv.
unset PYTHONHOME PYTHONPATH PIP_TARGET PIP_PREFIX PIP_USER VIRTUAL_ENV
export PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_INPUT=1 PIP_ROOT_USER_ACTION=ignore PIP_USER=0

say() { printf 'bootstrap: %s\n' "$*"; }
fail() {
  printf 'bootstrap: %s\n' "$@" >&2
  exit 1
}

# step TITLE ADVICE COMMAND...: quiet when it works; else the end of its output and what to do.
step() {
  local title=$1 advice=$2 begun=$SECONDS log
  shift 2
  log=$(mktemp)
  printf 'bootstrap: %s ...\n' "$title"
  if ! "$@" >"$log" 2>&1 </dev/null; then
    tail -n 30 "$log" >&2
    rm -f "$log"
    fail "step failed: $title" "$advice"
  fi
  rm -f "$log"
  printf 'bootstrap: %s: %s s\n' "$title" "$((SECONDS - begun))"
}

# --- system: compiler, build tools, test libraries, Python ------------------------------------

platform() {
  local name
  if [ "$(uname -s)" = Darwin ]; then
    echo macos
    return
  fi
  name=$(. /etc/os-release 2>/dev/null && echo " ${ID:-} ${ID_LIKE:-} ") || name=""
  case $name in
    *" debian "* | *" ubuntu "*) echo debian ;;
    *" fedora "* | *" rhel "*) echo fedora ;;
    *" arch "*) echo arch ;;
    *) echo other ;;
  esac
}

has_header() {
  local folder
  for folder in /usr/include /usr/local/include /opt/homebrew/include "${CONDA_PREFIX:-/usr}/include"; do
    [ -e "$folder/$1" ] && return 0
  done
  return 1
}

has_cmake() {
  local version
  version=$(cmake --version 2>/dev/null | sed -n '1s/.* \([0-9]*\.[0-9]*\).*/\1/p') || return 1
  [ -n "$version" ] && at_least "$version" "$cmake_needed"
}

at_least() { # MAJOR.MINOR MAJOR.MINOR
  ((${1%%.*} > ${2%%.*} || (${1%%.*} == ${2%%.*} && ${1#*.} >= ${2#*.})))
}

# The first Python that is new enough, or nothing.
find_python() {
  local candidate
  local candidates=(python3.13 python3.12 python3.11 python3)
  [ -z "${PYTHON:-}" ] || candidates=("$PYTHON")
  for candidate in "${candidates[@]}"; do
    if "$candidate" -c "import sys; sys.exit(sys.version_info < (${python_needed/./, }))" 2>/dev/null; then
      command -v -- "$candidate"
      return
    fi
  done
}

can_make_venv() { "$1" -c 'import ensurepip, venv' 2>/dev/null; }

has_python_headers() {
  "$1" -c 'import os, sys, sysconfig
sys.exit(not os.path.exists(os.path.join(sysconfig.get_path("include"), "Python.h")))' 2>/dev/null
}

# What is missing, one word a line; the words are the rows of package().
missing() {
  local python=$1
  [ -n "${CXX:-}" ] || command -v c++ >/dev/null || echo compiler
  has_cmake || echo cmake
  command -v ninja >/dev/null || echo ninja
  command -v git >/dev/null || echo git
  has_header benchmark/benchmark.h || echo benchmark
  has_header gtest/gtest.h || echo gtest
  [ "$(platform)" != debian ] || [ -e /etc/ssl/certs/ca-certificates.crt ] || echo certificates
  if [ -z "$python" ]; then
    echo python
    return
  fi
  can_make_venv "$python" || echo venv
  has_python_headers "$python" || echo headers
}

package() { # PLATFORM WORD PYTHON -> packages
  local version=python3
  # Debian names the parts of a Python by its version: python3.11-venv.
  case ${3##*/} in python3*) version=$("$3" -c 'import sys; print("python%d.%d" % sys.version_info[:2])') ;; esac
  case $1:$2 in
    debian:compiler) echo g++ ;;
    debian:ninja | fedora:ninja) echo ninja-build ;;
    debian:benchmark) echo libbenchmark-dev ;;
    debian:gtest) echo libgtest-dev ;;
    debian:certificates) echo ca-certificates ;;
    debian:python) echo python3 python3-venv python3-dev ;;
    debian:venv) echo "$version-venv" ;;
    debian:headers) echo "$version-dev" ;;
    fedora:compiler) echo gcc-c++ ;;
    fedora:benchmark) echo google-benchmark-devel ;;
    fedora:gtest) echo gtest-devel ;;
    fedora:python | fedora:venv | fedora:headers) echo python3-devel ;;
    arch:compiler) echo gcc ;;
    arch:venv | arch:headers) echo python ;;
    macos:benchmark) echo google-benchmark ;;
    macos:gtest) echo googletest ;;
    macos:python | macos:venv | macos:headers) echo python@3.13 ;;
    macos:compiler) ;; # comes with the command line tools, see advice()
    *) echo "$2" ;;
  esac
}

packages() { # PLATFORM PYTHON WORD... -> one line
  local system=$1 python=$2 word
  shift 2
  for word in "$@"; do package "$system" "$word" "$python"; done | tr ' ' '\n' | sort -u | xargs
}

advice() { # PLATFORM PYTHON WORD... -> lines for a person
  local names
  names=$(packages "$@")
  case $1 in
    debian) echo "  apt-get update && apt-get install -y $names" ;;
    fedora) echo "  dnf install -y $names" ;;
    arch) echo "  pacman -S --needed $names" ;;
    macos)
      case " $* " in *" compiler "*) echo "  xcode-select --install" ;; esac
      [ -z "$names" ] || echo "  brew install $names"
      ;;
    *) echo "  install: $names, with Python $python_needed or newer and its headers" ;;
  esac
  case " $* " in *" cmake "*) echo "  CMake must be $cmake_needed or newer; where the system's is older: pipx install cmake" ;; esac
}

# Words before apt-get: nothing for root, sudo where it works; fails without rights.
rights() {
  if [ "$(id -u)" = 0 ]; then return 0; fi
  command -v sudo >/dev/null || return 1
  { [ -t 0 ] || sudo -n true 2>/dev/null; } || return 1
  echo sudo
}

apt_install() { # SUDO PACKAGES...
  local sudo=$1
  shift
  # `step` runs this as a condition, where `set -e` has no force: hence the &&.
  $sudo apt-get -o DPkg::Lock::Timeout=120 update -qq &&
    $sudo env DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=120 install -y -qq \
    --no-install-recommends "$@"
}

ensure_system() {
  local python system sudo words names
  system=$(platform)
  python=$(find_python)
  mapfile_words "$(missing "$python")"
  [ ${#words[@]} -gt 0 ] || return 0
  if [ "$system" = debian ] && command -v apt-get >/dev/null && sudo=$(rights); then
    names=$(packages "$system" "$python" "${words[@]}")
    # shellcheck disable=SC2086 # package names hold no spaces
    step "installing $names" "Run by hand:$(advice "$system" "$python" "${words[@]}")" \
      apt_install "$sudo" $names
    python=$(find_python)
    mapfile_words "$(missing "$python")"
    [ ${#words[@]} -gt 0 ] || return 0
  fi
  fail "missing: ${words[*]}. As an administrator:" "$(advice "$system" "$python" "${words[@]}")" \
    "then run ./bootstrap.sh again"
}

# Callgrind counts the instructions of kernels; without it everything else works and the evidence
# says that they were not counted, so its absence is told, not refused.
ensure_counter() {
  local sudo log
  [ "$(platform)" = debian ] && [ "$(uname -m)" = x86_64 ] || return 0
  command -v valgrind >/dev/null && return 0
  log=$(mktemp)
  say "installing valgrind ..."
  if command -v apt-get >/dev/null && sudo=$(rights) && apt_install "$sudo" valgrind >"$log" 2>&1 </dev/null; then
    say "installed valgrind"
  else
    say "valgrind is not here and could not be installed: instruction counts are left out"
  fi
  rm -f "$log"
}

# The report is tested in a real browser. It is no part of what is built, so where it cannot be had
# its absence is told here, and the tests that need it fail and name the package.
ensure_browser() {
  local sudo log name
  [ "$(platform)" = debian ] || return 0
  for name in chromium-headless-shell chromium chromium-browser google-chrome; do
    command -v "$name" >/dev/null && return 0
  done
  log=$(mktemp)
  say "installing a headless browser ..."
  if command -v apt-get >/dev/null && sudo=$(rights) &&
    { apt_install "$sudo" chromium-headless-shell fonts-dejavu-core ||
      apt_install "$sudo" chromium fonts-dejavu-core; } >"$log" 2>&1 </dev/null; then
    say "installed a headless browser"
  else
    say "no headless browser is here and none could be installed: the report's browser tests will fail"
  fi
  rm -f "$log"
}

# Lines into the caller's array `words`; the Bash of macOS (3.2) has no mapfile.
mapfile_words() {
  local word
  words=()
  while read -r word; do [ -z "$word" ] || words+=("$word"); done <<<"$1"
}

# --- .venv: what is to do is decided by content --------------------------------------------------

# Prints what is to do, one word a line (packages, project), and in the first line the state that
# the stamp is to hold. Runs in .venv's own Python; the stamp is written last of all.
read -r -d '' inspect_code <<'EOF_PYTHON' || true
import hashlib, importlib.metadata, pathlib, sys

root = pathlib.Path(sys.argv[1])
stamp = root / ".venv" / "bootstrap.stamp"


def digest(paths, content=True):
    found = hashlib.sha256()
    for path in sorted(paths):
        found.update(path.relative_to(root).as_posix().encode() + b"\0")
        found.update(hashlib.sha256(path.read_bytes()).digest() if content else b"")
    return found.hexdigest()


def pinned():
    from packaging.requirements import Requirement

    lines = (root / "constraints.txt").read_text(encoding="utf-8").splitlines()
    wanted = (Requirement(line.rstrip(" \\")) for line in lines if line[:1].isalnum())
    return [r for r in wanted if r.marker is None or r.marker.evaluate()]


def packages_there():
    try:
        return all(r.specifier.contains(importlib.metadata.version(r.name)) for r in pinned())
    except (ImportError, importlib.metadata.PackageNotFoundError):
        return False


def project_there():
    try:
        import strikeproof._core
    except ImportError:
        return False
    return True


# Whatever the compiler reads, by content; whatever the editable installation lists, by name.
compiled = [root / "pyproject.toml", root / "CMakeLists.txt"]
for folder in ("bindings", "cmake", "include", "src"):
    compiled += (p for p in (root / "core" / folder).rglob("*") if p.is_file())
compiled += (root / "core").glob("CMakeLists.txt")
listed = [p for f in ("core/python", "tasks", "wrds_pipeline") for p in (root / f).rglob("*.py")]
python = ".".join(map(str, sys.version_info[:3]))
lock = digest([root / "constraints.txt"])
project = digest(compiled) + digest(listed, content=False)
state = f"{root} {python} packages={lock} project={project}"

old = stamp.read_text(encoding="utf-8") if stamp.exists() else ""
to_do = []
if f"packages={lock} " not in old or not packages_there():
    to_do.append("packages")
if f"project={project}" not in old or to_do or not project_there():
    to_do.append("project")
print(state, *to_do, sep="\n")
EOF_PYTHON

inspect() { "$venv/bin/python" -I -c "$inspect_code" "$root"; }

# Whether .venv works, lies where it was made, and comes from the Python that was asked for.
venv_usable() {
  [ -x "$venv/bin/python" ] && [ -f "$venv/bootstrap.root" ] && [ ! -e "$unfinished" ] || return 1
  [ "$(cat "$venv/bootstrap.root")" = "$root" ] || return 1
  local base='import os, sys; print(os.path.realpath(sys._base_executable))'
  "$venv/bin/python" -I -c "import pip, sys; sys.exit(sys.version_info < (${python_needed/./, }))" 2>/dev/null || return 1
  [ -z "${PYTHON:-}" ] || [ "$("$venv/bin/python" -c "$base")" = "$("$PYTHON" -c "$base")" ]
}

make_venv() {
  # CMake's cache of the extension names the old .venv. The last file makes the folder usable:
  # without it the next run starts again.
  rm -rf "$venv" "$root/build/python" &&
    "$(find_python)" -m venv "$venv" &&
    printf '%s\n' "$root" >"$venv/bootstrap.root"
}

# A package cut off while it was unpacked counts as installed for pip: the mark of an unfinished
# installation makes the next run start from an empty .venv.
install_packages() {
  : >"$unfinished" &&
    "$venv/bin/python" -m pip install --quiet --require-hashes --no-deps -r "$root/constraints.txt" &&
    rm "$unfinished"
}

install_project() {
  PATH="$venv/bin:$PATH" "$venv/bin/python" -m pip install --quiet --no-build-isolation --no-deps --editable "$root"
}

one_at_a_time() {
  command -v flock >/dev/null || return 0
  exec 9<"$root/bootstrap.sh"
  flock --nonblock 9 || {
    say "another run is at work in this folder, waiting for it"
    flock 9
  }
}

set_up() {
  local words state found
  one_at_a_time
  ensure_system
  ensure_counter
  ensure_browser
  venv_usable || step "making .venv" \
    "Remove .venv, or name another Python: PYTHON=/path/to/python ./bootstrap.sh" make_venv
  found=$(inspect) || fail "step failed: looking at .venv" "Remove .venv, then run ./bootstrap.sh again."
  state=$(head -n 1 <<<"$found")
  mapfile_words "$(tail -n +2 <<<"$found")"
  if [ ${#words[@]} -eq 0 ]; then
    say "nothing to do"
    return
  fi
  rm -f "$stamp"
  case " ${words[*]} " in *" packages "*)
    step "installing the packages of constraints.txt into .venv" \
      "Check the network and pip's settings ('.venv/bin/pip config list'), then run ./bootstrap.sh again." \
      install_packages
    ;;
  esac
  step "compiling the extension and installing the project" \
    "The compiler's message is above; after mending it, run ./bootstrap.sh again." install_project
  "$venv/bin/python" -I -c 'import strikeproof._core' ||
    fail "the extension does not import, see above; remove .venv and run ./bootstrap.sh again"
  printf '%s\n' "$state" >"$stamp.part"
  mv "$stamp.part" "$stamp"
  say "ready"
}

check() {
  local words reasons=()
  mapfile_words "$(missing "$(find_python)")"
  [ ${#words[@]} -eq 0 ] || reasons+=("system: ${words[*]}")
  if venv_usable; then
    mapfile_words "$(inspect | tail -n +2)"
    [ ${#words[@]} -eq 0 ] || reasons+=(".venv: ${words[*]} to install")
  else
    reasons+=(".venv: missing, broken, unfinished, moved or of another Python")
  fi
  [ ${#reasons[@]} -gt 0 ] || { say "nothing to do"; return; }
  fail "to do by ./bootstrap.sh:" "${reasons[@]/#/  }"
}

# --- the lock --------------------------------------------------------------------------------------

build_requirements='import sys, tomllib
with open(sys.argv[1], "rb") as file:
    print(*tomllib.load(file)["build-system"]["requires"], "pip", sep="\n")'

# A tool in an environment of its own, which is gone when this script ends: sets python and folder.
temporary_tool() { # NAME==VERSION
  python=$(find_python)
  [ -n "$python" ] || fail "no Python $python_needed or newer: set PYTHON=/path/to/python"
  folder=$(mktemp -d)
  # shellcheck disable=SC2064 # the folder of now
  trap "rm -rf '$folder'" EXIT
  step "installing ${1%%==*} into a temporary folder" "Check the network and pip's settings." \
    pip_tool "$python" "$folder" "$1"
}

pip_tool() { "$1" -m venv "$2" && "$2/bin/python" -m pip install --quiet "$3"; }

refresh_lock() {
  local python folder
  temporary_tool "uv==$uv_version"
  cd "$root"
  "$python" -c "$build_requirements" pyproject.toml |
    "$folder/bin/uv" pip compile --quiet --no-config --universal --python-version "$python_needed" \
      --generate-hashes --all-extras --no-emit-index-url --no-emit-find-links \
      --custom-compile-command './bootstrap.sh --lock' --output-file constraints.txt "$@" \
      pyproject.toml -
  "$folder/bin/uv" pip compile --quiet --no-config --universal --python-version "$python_needed" \
    --generate-hashes --no-emit-index-url --no-emit-find-links \
    --custom-compile-command './bootstrap.sh --lock' \
    --output-file tasks/evidence/peers/requirements.txt "$@" tasks/evidence/peers/requirements.in
  say "constraints.txt: $(grep -c '^[a-zA-Z]' constraints.txt) pins"
}

# --- the bill of materials -------------------------------------------------------------------------

write_sbom() {
  local python folder
  [ $# = 1 ] || fail "--sbom needs the file to write, such as build/sbom.cdx.json"
  temporary_tool "cyclonedx-bom==$cyclonedx_version"
  PYTHONWARNINGS=ignore "$folder/bin/cyclonedx-py" requirements "$root/constraints.txt" \
    --pyproject "$root/pyproject.toml" --output-reproducible --output-file "$1"
  say "$1: $(grep -c '"purl"' "$1") components"
}

case ${1:-} in
  "") set_up ;;
  --check) check ;;
  --lock) shift && refresh_lock "$@" ;;
  --sbom) shift && write_sbom "$@" ;;
  -h | --help) sed -n '2,/^set /{/^#/s/^# \{0,1\}//p;}' "$root/bootstrap.sh" ;;
  *) fail "unknown word '$1': known are --check, --lock, --sbom and --help" ;;
esac
