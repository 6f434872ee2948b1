#!/usr/bin/env bash
# shellcheck disable=SC2329 # the stand-ins are called by what is tested
# The ways to Odoo, tried with stand-ins for apt and with a git repository of two files. `make lint` runs it.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/setup.sh"

real_pins=$DEBIAN_PINS
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
DEBIAN_PINS=$work/debian.sha256
DEBIAN_KEYRING=$work/keyring
touch "$DEBIAN_KEYRING"
unset ODOO_HOME KEEPWISELY_MIRROR
export GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_SYSTEM=/dev/null

# --- Stand-ins ----------------------------------------------------------------------------------------------------------

unpacked() { # FOLDER ADDONS: an Odoo of the least size
    mkdir -p "$1/odoo" "$2/stock"
    echo "version_info = (19, 0, 0, FINAL, 0, '')" >"$1/odoo/release.py"
    touch "$2/stock/__init__.py"
}

apt-get() {
    local all=" $* " package
    case $all in
        *" indextargets "*) echo "$site" ;;
        *" update "*)
            [[ $all = *Acquire::Check-Valid-Until=false* ]] || { echo "E: Release file is expired"; return 100; }
            local list=${all#*Dir::Etc::SourceList=}
            ! grep -v "^deb \[signed-by=$DEBIAN_KEYRING\] $site " "${list%% *}" || return 100 ;;
        *" download "*)
            for package in ${all#* download }; do
                echo "${tampered:-}$package" >"${package%%=*}_$(file_version "${package#*=}")_all.deb"
            done ;;
    esac
}

apt-cache() {
    local all=" $* " package
    package=${all##* show } package=${package##* policy } package=${package% }
    case $all in
        *" show "*) [[ " $offered " != *" $package "* ]] || echo "Package: ${package%=*}" ;;
        *" policy "*) [[ $offered =~ (^| )$package=([^ ]+) ]] && echo "  Candidate: ${BASH_REMATCH[2]}" || echo "  Candidate: (none)" ;;
    esac
}

dpkg-deb() { unpacked "$3/usr/lib/python3/dist-packages" "$3/usr/lib/python3/dist-packages/odoo/addons"; }

dpkg() { # --compare-versions A gt B
    [ "$2" != "$4" ] && [ "$(printf '%s\n' "$2" "$4" | sort -V | tail -n 1)" = "$2" ]
}

file_version() { echo "${1/:/%3a}"; }

for package in odoo-19=19.0.0-1 fonts-x=2:1.0-3; do
    printf '%s  %s\n' "$(echo "$package" | sha256sum | cut -d' ' -f1)" "${package%%=*}_$(file_version "${package#*=}")_all.deb"
done >"$DEBIAN_PINS"

upstream=$work/upstream
unpacked "$upstream" "$upstream/addons"
commit() { git -C "$upstream" -c user.name=x -c user.email=x@example.com commit -q "$@"; }
git init -q "$upstream"
git -C "$upstream" add .
commit -m pinned
known=$(git -C "$upstream" rev-parse HEAD)
commit -m later --allow-empty

# --- Cases --------------------------------------------------------------------------------------------------------------

failed=0
number=0
try() { # WHAT OFFERED PATTERN: what a set-up says and ends with, when a mirror offers these packages
    local offered=$2 outcome
    KEEPWISELY_CACHE=$work/cache.$((number += 1)) ODOO_GIT=${address:-$upstream} ODOO_COMMIT=$known
    outcome=$( (ensure_odoo && echo "Odoo: ${KW_ODOO#"$work/cache.$number"}, $KW_ODOO_ID") 2>&1 || echo "exit code $?")
    # shellcheck disable=SC2053 # a pattern
    [[ $outcome = $3 ]] && [ -z "$(compgen -G "$KEEPWISELY_CACHE/odoo.tmp.*")" ] && return
    printf 'getting Odoo: %s: this came of it\n%s\n' "$1" "$outcome"
    failed=1
}
site=https://mirror.example/debian
fonts="fonts-x=2:1.0-3"
package="Odoo: /odoo/usr/lib/python3/dist-packages, package"
checkout="Odoo: /odoo, package commit $known"

try "the pinned build, in lists of any age" "odoo-19=19.0.0-1 $fonts" "*$package 19.0.0-1"
try "no notice about the pinned build" "odoo-19=19.0.0-1 $fonts" "$(printf '==> fetching*\n==> unpacking*\n%s' "$package")*"
try "a newer build" "odoo-19=19.0.0-2 $fonts" "*note: Debian has odoo-19 19.0.0-2*$package 19.0.0-2"
try "a newer font" "odoo-19=19.0.0-1 fonts-x=2:1.1-1" "*note: Debian has fonts-x 2:1.1-1*$package 19.0.0-1"
try "only newer ones" "odoo-19=19.0.0-2 fonts-x=2:1.1-1" "*$package 19.0.0-2"
try "an older build" "odoo-19=19.0.0-0 $fonts" "*has: 19.0.0-0)*$checkout"
try "another series" "odoo-19=20.0.0-1 $fonts" "*has: 20.0.0-1)*branch 19.0 is tried*$checkout"
try "no such package any more" "$fonts" "*has: none)*branch 19.0 is tried*$checkout"
tampered=x try "another content" "odoo-19=19.0.0-1 $fonts" "*refused: a package*$checkout"
tampered=x try "another content of one beside a newer build" "odoo-19=19.0.0-2 $fonts" "*refused: a package*$checkout"
site='' try "no mirror" "" "*no Debian mirror*$checkout"
address=$work/nowhere try "neither way" "" "*could not fetch commit $known*ODOO_HOME*Docker*exit code 1"
[ ! -e "$work/cache.$number/odoo" ] || { echo "getting Odoo: something is left of a failed set-up"; failed=1; }

pin='[0-9a-f]{64}  [a-z0-9.+-]+_[^_]+_all\.deb'
grep -v '^# ' "$real_pins" | grep -vxE "$pin" && { echo "requirements/debian.sha256: odd lines"; failed=1; }
grep -v '^# ' "$real_pins" | sed 1q | grep -q " odoo-19_$ODOO_SERIES" || { echo "requirements/debian.sha256: Odoo comes first"; failed=1; }
exit $failed
