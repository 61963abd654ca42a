#!/usr/bin/env bash
# The Python binding tests with the extension under a sanitizer:
#
#   tests/sanitizers/bindings.sh asan        # addresses and undefined behaviour
#   tests/sanitizers/bindings.sh tsan        # races
#   tests/sanitizers/bindings.sh asan tests/python/test_heston.py -k batch
#
# GCC's warning of uninitialised values is mistaken about code that it has instrumented: no error here.
#
# The package is built into build/<sanitizer>-bindings and imported from there; the environment's
# own stays as it is. Python itself is not instrumented: its allocator is replaced by malloc, so
# that the sanitizer sees every block, and leaks of the interpreter are not counted. NumPy's OpenBLAS
# runs in one thread, for TSan cannot see its locks. Needs Linux,
# GCC and an environment made by ./bootstrap.sh.
set -euo pipefail
cd -- "$(dirname -- "${BASH_SOURCE[0]}")/../.."

case ${1:-} in
  asan) sanitize=address,undefined libraries=(libasan.so libubsan.so) ;;
  tsan) sanitize=thread libraries=(libtsan.so) ;;
  *)
    echo "usage: $0 asan|tsan [pytest's arguments]" >&2
    exit 2
    ;;
esac
kind=$1
shift
folder=$PWD/build/$kind-bindings
python=$PWD/.venv/bin/python
packages=$("$python" -c 'import sysconfig; print(sysconfig.get_path("purelib"))')

"$python" -m pip install --quiet --disable-pip-version-check --no-build-isolation --no-deps \
  --upgrade --target "$folder/package" \
  --config-settings=build-dir="$folder/build" \
  --config-settings=cmake.build-type=RelWithDebInfo \
  --config-settings=install.strip=false \
  --config-settings=cmake.define.CMAKE_CXX_FLAGS_RELWITHDEBINFO="-O1 -g1 -Wno-error=maybe-uninitialized" \
  --config-settings=cmake.define.STRIKEPROOF_SANITIZE="$sanitize" .

# Tests of the bindings: every engine's arguments and failures, columns of odd strides and types,
# threads; those of seconds first. Evidence, reports and pipeline call the same functions and are
# left out.
names=(black_scholes portfolio forward_models svi jumps kou random calibration monte_carlo monte_carlo_american)
# what imports Polars or QuantLib does not survive TSan's start
[ "$kind" = tsan ] || names+=(barrier digital term_structure dividends exchange spread lattice double_barrier
  partial_barrier lookback rainbow basket asian ssvi variance_gamma frame heston smile_models
  american_approximation american)
tests=()
for name in "${names[@]}"; do
  tests+=("tests/python/test_$name.py")
done
[ $# -gt 0 ] || set -- "${tests[@]}"

preload=
for library in "${libraries[@]}"; do
  preload+=$(gcc -print-file-name="$library"):
done
# The C++ runtime comes along: the sanitizer must find its exceptions when it starts.
preload+=$(gcc -print-file-name=libstdc++.so)

# The thread sanitizer knows few layouts of memory: none of them is drawn by chance.
fixed=()
[ "$kind" = asan ] || fixed=(setarch "$(uname -m)" --addr-no-randomize)

# -S: without site no editable install redirects the import of the package
sanitized() {
  env LD_PRELOAD="$preload" \
    PYTHONPATH="$folder/package:$packages:$PWD" \
    PYTHONMALLOC=malloc \
    OPENBLAS_NUM_THREADS=1 \
    ASAN_OPTIONS=detect_leaks=0:strict_string_checks=1:detect_stack_use_after_return=1 \
    UBSAN_OPTIONS=print_stacktrace=1:halt_on_error=1 \
    TSAN_OPTIONS=exitcode=66:history_size=4 \
    "${fixed[@]}" "$python" -S "$@"
}
sanitized -c "import strikeproof
found = strikeproof.build_info()['sanitizers']
assert found == '$sanitize', f'the package that is imported has sanitizers {found}'"
# Polars, and the database driver that conftest.py asks for, do not survive TSan's start; TSan ends
# a process that starts threads after a fork.
# ASan keeps what was freed for a while: memory does not stay flat.
without=(--deselect tests/python/test_frame.py::test_memory_stays_flat_from_parquet_to_parquet)
[ "$kind" = asan ] || without=(
  --deselect tests/python/test_black_scholes.py::test_every_kind_of_column_gives_the_same_numbers
  --deselect tests/python/test_black_scholes.py::test_threads_work_in_a_forked_child)
sanitized -m pytest -q --noconftest -p tests.sanitizers.settings -p no:cacheprovider \
  "${without[@]}" "$@"
