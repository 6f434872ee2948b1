# shellcheck shell=bash
# Gets what the commands need: Debian tools, Python packages and, in odoo.sh, Odoo. Sourced by scripts/run; every word goes
# to stderr.
#
# Nothing half-made is ever used: each piece is built in a temporary folder beside its place and moved there in one step,
# under a lock, so an interrupted or a second set-up at the same time does no harm.

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

: "${HOME:=$(getent passwd "$(id -u)" | cut -d: -f6)}"
export HOME
export KEEPWISELY_CACHE=${KEEPWISELY_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/keepwisely}

# shellcheck source=odoo.sh
source "$here/odoo.sh"

say() { printf '==> %s\n' "$*" >&2; }
die() {
    printf 'error: %s\n' "$*" >&2
    exit 1
}

# --- Debian tools -------------------------------------------------------------------------------------------------------

find_python() {
    local candidate
    for candidate in ${PYTHON:-python3.11 python3.12 python3.13 python3.10 python3}; do
        "$candidate" -c 'import sys, venv, ensurepip; sys.exit(not (3, 10) <= sys.version_info < (3, 14))' 2>/dev/null &&
            "$candidate" -c 'import sys; print(sys.executable)' && return
    done
    return 1
}

find_postgresql() { # prints the folder of initdb and pg_ctl, the newest one
    local folder
    for folder in $(printf '%s\n' /usr/lib/postgresql/*/bin | sort -rV) "$(pg_config --bindir 2>/dev/null || true)"; do
        [ -x "$folder/initdb" ] && [ -x "$folder/pg_ctl" ] && echo "$folder" && return
    done
    return 1
}

find_libfaketime() { printf '%s\n' /usr/lib/*/faketime/libfaketimeMT.so.1 | sed -n '/\*/!p'; }

found() {
    case $1 in
        python)     PYTHON=$(find_python) ;;
        postgresql) [ -n "${PGHOST:-}" ] || KW_PG_BIN=$(find_postgresql) ;;
        cairo)      # draws bar and QR codes where the Python packages have nothing of their own for it: from 3.13 on
            "${PYTHON:-false}" -c 'import sys; from ctypes.util import find_library
sys.exit(sys.version_info >= (3, 13) and not find_library("cairo"))' ;;
        chromium)   command -v google-chrome chromium chromium-browser google-chrome-stable >/dev/null ;;
        libfaketime) [ -n "$(find_libfaketime)" ] ;;
        ca-certificates) [ -e /etc/ssl/certs/ca-certificates.crt ] || [ -e /etc/pki/tls/certs/ca-bundle.crt ] ;;
        *)          command -v "$1" >/dev/null ;;
    esac
}

package_of() {
    case $1 in
        python) echo python3 python3-venv ;;
        psql)   echo postgresql-client ;;
        cairo)  echo libcairo2 ;;
        flock) echo util-linux ;;
        *)      echo "$1" ;;
    esac
}

missing_packages() {
    local tool
    for tool in "$@"; do found "$tool" || package_of "$tool"; done | tr '\n' ' '
}

ensure() {
    local packages command
    packages=$(missing_packages "$@" flock)
    if [ -n "$packages" ]; then
        command="apt-get install -y --no-install-recommends ${packages% }"
        if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
            die "this needs software that is not installed here: ${packages% } (Python 3.10 to 3.13, PostgreSQL 13 or newer)." \
                "On Debian or Ubuntu type:  sudo apt-get update && sudo $command"
        fi
        say "installing ${packages% }"
        install_packages "$command" >&2 || true # what counts is what is there now
        packages=$(missing_packages "$@" flock)
        [ -z "$packages" ] || die "still missing after '$command': $packages"
    fi
    local tool
    for tool in "$@"; do found "$tool"; done # sets PYTHON and KW_PG_BIN in this shell
    export PYTHON KW_PG_BIN=${KW_PG_BIN:-}
}

wish() { # what is good to have: installed where that works, done without where not
    local packages
    packages=$(missing_packages "$@")
    [ -n "$packages" ] && [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null || return 0
    say "installing ${packages% }"
    install_packages "apt-get install -y --no-install-recommends ${packages% }" >&2 ||
        say "going on without ${packages% }"
}

install_packages() {
    # Debian's PostgreSQL would create and start a server of its own; this project starts its own private one.
    local no_cluster=/etc/postgresql-common/createcluster.d/keepwisely.conf
    mkdir -p "${no_cluster%/*}"
    echo 'create_main_cluster = false' >"$no_cluster"
    export DEBIAN_FRONTEND=noninteractive
    local done=0
    apt-get -q update || say "not all package lists could be read; going on with those that could"
    # shellcheck disable=SC2086 # a command line
    $1 -q -o DPkg::Lock::Timeout=600 -o Dpkg::Use-Pty=0 </dev/null || done=$?
    rm -f "$no_cluster"
    return $done
}

with_lock() { # NAME FUNCTION ARGUMENTS...: runs the function while no other set-up runs one of the same name
    local name=$1 lock
    shift
    mkdir -p "$KEEPWISELY_CACHE"
    exec {lock}>"$KEEPWISELY_CACHE/$name.lock"
    flock -n "$lock" || { say "waiting for another set-up of $name"; flock "$lock"; }
    "$@" {lock}>&-
    exec {lock}>&-
}

# --- Python packages ----------------------------------------------------------------------------------------------------

ensure_venv() { # odoo or lint; sets PYTHON to the environment's
    local lock=$here/../requirements/$1.txt key place
    key=$( { "$PYTHON" -VV; echo "$PYTHON"; cat "$lock" "$here/../requirements/build.txt"; } | sha256sum | cut -c1-12)
    place=$KEEPWISELY_CACHE/python-$1-$key
    [ -e "$place/bin/python" ] || with_lock "python-$1" install_venv "$1" "$lock" "$place"
    PYTHON=$place/bin/python
}

install_venv() {
    local name=$1 lock=$2 place=$3 build log
    [ ! -e "$place/bin/python" ] || return 0
    rm -rf "$KEEPWISELY_CACHE/python-$name".tmp.*
    build=$(mktemp -d "$KEEPWISELY_CACHE/python-$name.tmp.XXXXXX")
    log=$KEEPWISELY_CACHE/python-$name.log
    say "installing the Python packages of requirements/$name.txt"
    # Two packages come as source only: they are built with the locked setuptools, not with whichever is newest today.
    local pip=("$build/bin/python" -m pip --disable-pip-version-check install --no-warn-script-location --require-hashes
        --no-deps) # the locks are complete
    {
        "$PYTHON" -m venv "$build" && "${pip[@]}" -r "$here/../requirements/build.txt" &&
            "${pip[@]}" --progress-bar off --prefer-binary --no-build-isolation --use-pep517 -r "$lock"
    } 2>&1 | tee "$log" | count_packages >&2 || { tail -n 25 "$log" >&2; die "pip failed; all it said is in $log"; }
    mv "$build" "$place"
}

count_packages() { # pip names every package it has got; a number now and then is enough
    awk '/^(Collecting|Processing) / { if (++n % 10 == 0) { print "    " n " packages"; fflush() } }
         /^Installing collected/ && n > 9 { print "    unpacking " n; fflush() }'
}
