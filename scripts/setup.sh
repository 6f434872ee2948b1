# shellcheck shell=bash
# Gets what the commands need: Debian tools, Odoo, Python packages. Sourced by scripts/run; every word goes to stderr.
#
# Nothing half-made is ever used: each piece is built in a temporary folder beside its place and moved there in one step,
# under a lock, so an interrupted or a second set-up at the same time does no harm.

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

: "${HOME:=$(getent passwd "$(id -u)" | cut -d: -f6)}"
export HOME
export KEEPWISELY_CACHE=${KEEPWISELY_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/keepwisely}

readonly ODOO_SERIES=19.0
readonly ODOO_VERSION=19.0.0+dfsg-1 # the build this repository was last tested with
# Odoo's package, and what its relative links point at. Font Awesome and Inconsolata come from a stable release: the ones
# in sid have moved on to a layout and icons that Odoo 19 does not know.
readonly ODOO_PACKAGES=(odoo-19 libjs-jquery libjs-jquery-form libjs-underscore fonts-roboto-unhinted fonts-montserrat
    fonts-ocr-b fonts-font-awesome/trixie fonts-inconsolata/trixie)

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

found() {
    case $1 in
        python)     PYTHON=$(find_python) ;;
        postgresql) [ -n "${PGHOST:-}" ] || KW_PG_BIN=$(find_postgresql) ;;
        chromium)   command -v google-chrome chromium chromium-browser google-chrome-stable >/dev/null ;;
        *)          command -v "$1" >/dev/null ;;
    esac
}

package_of() {
    case $1 in
        python) echo python3 python3-venv ;;
        psql)   echo postgresql-client ;;
        dpkg-deb) echo dpkg ;;
        apt-get) echo apt ;;
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
            die "this needs software that is not installed here (Python 3.10 to 3.13 with venv, PostgreSQL 13 or newer," \
                "Chromium for tests). On Debian or Ubuntu type:  sudo apt-get update && sudo $command"
        fi
        say "installing ${packages% }"
        install_packages "$command" >&2
        packages=$(missing_packages "$@" flock)
        [ -z "$packages" ] || die "still missing after '$command': $packages"
    fi
    local tool
    for tool in "$@"; do found "$tool"; done # sets PYTHON and KW_PG_BIN in this shell
    export PYTHON KW_PG_BIN=${KW_PG_BIN:-}
}

install_packages() {
    # Debian's PostgreSQL would create and start a server of its own; this project starts its own private one.
    local no_cluster=/etc/postgresql-common/createcluster.d/keepwisely.conf
    mkdir -p "${no_cluster%/*}"
    echo 'create_main_cluster = false' >"$no_cluster"
    export DEBIAN_FRONTEND=noninteractive
    local done=0
    # shellcheck disable=SC2086 # a command line
    apt-get -q update && $1 -q -o DPkg::Lock::Timeout=600 -o Dpkg::Use-Pty=0 </dev/null || done=$?
    rm -f "$no_cluster"
    return $done
}

# --- Odoo ---------------------------------------------------------------------------------------------------------------

# Sets KW_ODOO (what PYTHONPATH gets) and KW_ODOO_ID (names this very Odoo in the keys of what is built with it).
ensure_odoo() {
    local installed
    if [ -n "${ODOO_HOME:-}" ]; then
        KW_ODOO=$(cd "$ODOO_HOME" 2>/dev/null && pwd) || die "ODOO_HOME=$ODOO_HOME is not a folder"
        [ -d "$KW_ODOO/usr/lib/python3/dist-packages/odoo" ] && KW_ODOO+=/usr/lib/python3/dist-packages
        [ -f "$KW_ODOO/odoo/release.py" ] || die "ODOO_HOME=$ODOO_HOME holds no Odoo: there is no odoo/release.py in it"
        KW_ODOO_ID="checkout $KW_ODOO $(git -C "$KW_ODOO" rev-parse HEAD 2>/dev/null || true)"
    else
        installed=$KEEPWISELY_CACHE/odoo
        [ -e "$installed/version" ] || with_lock odoo install_odoo
        KW_ODOO=$installed/usr/lib/python3/dist-packages
        KW_ODOO_ID="package $(cat "$installed/version")"
    fi
    grep -q "^version_info = (${ODOO_SERIES/./, }," "$KW_ODOO/odoo/release.py" ||
        die "the Odoo in $KW_ODOO is not Odoo $ODOO_SERIES"
    export KW_ODOO KW_ODOO_ID
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

debian_mirror() { # the mirror that this machine's own apt uses
    [ -z "${KEEPWISELY_MIRROR:-}" ] || { echo "$KEEPWISELY_MIRROR"; return; }
    # shellcheck disable=SC2016 # fields for apt
    apt-get indextargets --format '$(SITE)' 2>/dev/null | sed 's#/*$##' | grep -m 1 -E '/debian$'
}

install_odoo() {
    local place=$KEEPWISELY_CACHE/odoo mirror build version package
    [ ! -e "$place/version" ] || return 0 # another set-up was faster
    local other_ways="Point ODOO_HOME at an Odoo $ODOO_SERIES checkout, or use Docker: docker compose up"
    { command -v apt-get && command -v dpkg-deb; } >/dev/null ||
        die "getting Odoo takes apt-get and dpkg-deb, which are not here. $other_ways"
    local keyring=/usr/share/keyrings/debian-archive-keyring.gpg
    [ -e $keyring ] || die "the package debian-archive-keyring, which proves that Odoo's package is genuine, is not installed." \
        "Install it, or else: $other_ways"
    mirror=$(debian_mirror) ||
        die "this machine's apt has no Debian mirror; give one with KEEPWISELY_MIRROR=. Or else: $other_ways"

    rm -rf "$place".tmp.* # left by an interrupted set-up; nobody else is here, the lock is ours
    build=$(mktemp -d "$place.tmp.XXXXXX")
    mkdir -p "$build"/{apt/lists/partial,apt/cache/archives/partial,debs,root}
    printf "deb [signed-by=$keyring] $mirror %s main\n" sid trixie >"$build/apt/sources.list"
    # A private apt: own sources, own lists, and as if nothing were installed. The machine's own stays as it is.
    local apt=(-q -o "Dir::Etc::SourceList=$build/apt/sources.list" -o Dir::Etc::SourceParts=/dev/null
        -o Dir::Etc::Preferences=/dev/null -o Dir::Etc::PreferencesParts=/dev/null
        -o "Dir::State::Lists=$build/apt/lists" -o Dir::State::Status=/dev/null -o "Dir::Cache=$build/apt/cache"
        -o Dir::Cache::pkgcache= -o Dir::Cache::srcpkgcache= -o Acquire::Languages=none -o Acquire::Retries=3
        -o "APT::Sandbox::User=$(id -un)")

    say "fetching Odoo $ODOO_SERIES from Debian (130 MB, once for all checkouts) into $place"
    apt-get "${apt[@]}" update >&2 || die "apt could not read the package lists of $mirror"
    version=$(apt-cache "${apt[@]}" policy odoo-19 | sed -n 's/^ *Candidate: //p')
    case $version in
        "$ODOO_VERSION") ;;
        "$ODOO_SERIES"*) say "note: Debian has Odoo $version; this repository was last tested with $ODOO_VERSION" ;;
        *) die "Debian sid no longer has Odoo $ODOO_SERIES (it has: ${version:-none}). $other_ways" ;;
    esac
    (cd "$build/debs" && apt-get "${apt[@]}" download "${ODOO_PACKAGES[@]}" >&2) || die "could not fetch Odoo's packages"

    say "unpacking it"
    for package in "$build"/debs/*.deb; do dpkg-deb -x "$package" "$build/root"; done
    local python=$build/root/usr/lib/python3/dist-packages
    rm -rf "$python/addons" # a partial copy, which Odoo would put on its addons path by itself
    # The package leaves this file out; the asset bundle that names it would log an error on every page.
    local missing=$python/odoo/addons/mail/static/lib/selfie_segmentation
    mkdir -p "$missing" && touch "$missing/selfie_segmentation.js"
    echo "$version" >"$build/root/version"
    rm -rf "$place" && mv "$build/root" "$place" && rm -rf "$build"
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
    local pip=("$build/bin/python" -m pip --disable-pip-version-check install --no-warn-script-location --require-hashes)
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
