# shellcheck shell=bash
# Gets Odoo: Debian's package or, when that is out of reach, a checkout of Odoo's own branch. Sourced by setup.sh.
#
# What is fetched is pinned by content: packages in requirements/debian.sha256, the checkout by its commit. So it does not
# matter how old the lists of a mirror are, and their age is not checked; their signatures are.

readonly ODOO_SERIES=19.0
: "${ODOO_GIT:=https://github.com/odoo/odoo.git}"
: "${ODOO_COMMIT:=30bde9ff758834a4912c5ae55843d3a7dad849f1}" # branch 19.0 in July 2026
DEBIAN_PINS=$(dirname "${BASH_SOURCE[0]}")/../requirements/debian.sha256
DEBIAN_KEYRING=/usr/share/keyrings/debian-archive-keyring.gpg

# Sets KW_ODOO (what PYTHONPATH gets) and KW_ODOO_ID (names this very Odoo in the keys of what is built with it).
ensure_odoo() {
    local place=$KEEPWISELY_CACHE/odoo
    if [ -n "${ODOO_HOME:-}" ]; then
        place=$(cd "$ODOO_HOME" 2>/dev/null && pwd) || die "ODOO_HOME=$ODOO_HOME is not a folder"
        KW_ODOO_ID="checkout $place $(git -C "$place" rev-parse HEAD 2>/dev/null || true)"
    else
        [ -e "$place/version" ] || with_lock odoo install_odoo
        KW_ODOO_ID="package $(cat "$place/version")"
    fi
    KW_ODOO=$place
    [ ! -d "$place/usr/lib/python3/dist-packages/odoo" ] || KW_ODOO+=/usr/lib/python3/dist-packages
    [ -f "$KW_ODOO/odoo/release.py" ] || die "there is no Odoo in $place: odoo/release.py is missing"
    grep -q "^version_info = (${ODOO_SERIES/./, }," "$KW_ODOO/odoo/release.py" ||
        die "the Odoo in $KW_ODOO is not Odoo $ODOO_SERIES"
    # Debian has all addons in odoo/addons; a checkout has most of them in addons, where Odoo looks by itself
    [ -d "$KW_ODOO/odoo/addons/stock" ] || [ -d "$KW_ODOO/addons/stock" ] || die "the Odoo in $KW_ODOO has no addons"
    export KW_ODOO KW_ODOO_ID
}

install_odoo() {
    local place=$KEEPWISELY_CACHE/odoo build
    [ ! -e "$place/version" ] || return 0 # another set-up was faster
    rm -rf "$place".tmp.* # left by an interrupted set-up; nobody else is here, the lock is ours
    build=$(mktemp -d "$place.tmp.XXXXXX")
    if ! odoo_from_debian "$build"; then
        rm -rf "${build:?}"/*
        say "so Odoo's own branch $ODOO_SERIES is tried: $ODOO_GIT"
        odoo_from_git "$build" || {
            rm -rf "$build"
            die "Odoo $ODOO_SERIES came neither from Debian nor from $ODOO_GIT, for the reasons above." \
                "Set ODOO_HOME to a checkout of Odoo $ODOO_SERIES, or use Docker: docker compose up"
        }
    fi
    rm -rf "$place" && mv "$build/root" "$place" && rm -rf "$build"
}

debian_mirror() { # the mirror that this machine's own apt uses
    [ -z "${KEEPWISELY_MIRROR:-}" ] || { echo "$KEEPWISELY_MIRROR"; return; }
    # shellcheck disable=SC2016 # fields for apt
    apt-get indextargets --format '$(SITE)' 2>/dev/null | sed -n 's#/*$##; /\/debian$/p' | sed 1q
}

odoo_from_debian() { # FOLDER: leaves Odoo in FOLDER/root; fails with a word why
    local build=$1 mirror sum file name version newest
    local wanted=() pinned=()
    { command -v apt-get && command -v dpkg-deb; } >/dev/null ||
        { say "Odoo's Debian package takes apt-get and dpkg-deb, which are not here"; return 1; }
    [ -e "$DEBIAN_KEYRING" ] ||
        { say "the package debian-archive-keyring, which proves that Odoo's package is genuine, is not installed"; return 1; }
    mirror=$(debian_mirror) && [ -n "$mirror" ] ||
        { say "this machine's apt has no Debian mirror (KEEPWISELY_MIRROR= gives one)"; return 1; }

    mkdir -p "$build"/{apt/lists/partial,apt/cache/archives/partial,debs,root} || return
    printf "deb [signed-by=$DEBIAN_KEYRING] $mirror %s main\n" sid trixie >"$build/apt/sources.list"
    # A private apt: own sources, own lists, and as if nothing were installed. The machine's own stays as it is.
    local apt=(-q -o "Dir::Etc::SourceList=$build/apt/sources.list" -o Dir::Etc::SourceParts=/dev/null
        -o Dir::Etc::Preferences=/dev/null -o Dir::Etc::PreferencesParts=/dev/null -o APT::Default-Release=trixie
        -o "Dir::State::Lists=$build/apt/lists" -o Dir::State::Status=/dev/null -o "Dir::Cache=$build/apt/cache"
        -o Dir::Cache::pkgcache= -o Dir::Cache::srcpkgcache= -o Acquire::Languages=none -o Acquire::Retries=3
        -o Acquire::Check-Valid-Until=false -o Acquire::AllowInsecureRepositories=false -o "APT::Sandbox::User=$(id -un)")

    say "fetching Odoo $ODOO_SERIES from Debian (130 MB, once for all checkouts)"
    apt-get "${apt[@]}" update --error-on=any >&2 || { say "apt could not read the package lists of $mirror"; return 1; }
    while read -r sum file; do
        [ "$sum" != "#" ] || continue
        name=${file%%_*} version=${file#*_} version=${version%_*} version=${version/\%3a/:}
        if [ -z "$(apt-cache "${apt[@]}" show "$name=$version" 2>/dev/null)" ]; then
            newest=$(apt-cache "${apt[@]}" policy "$name" | sed -n 's/^ *Candidate: \([^(]\)/\1/p')
            # signed lists may be old ones that somebody kept, so nothing older than what is known gets in
            dpkg --compare-versions "$newest" gt "$version" && [[ $name != odoo-* || $newest = "$ODOO_SERIES"* ]] ||
                { say "Debian no longer has $name $version (it has: ${newest:-none})"; return 1; }
            say "note: Debian has $name $newest; this repository was last tested with $version"
            version=$newest
        else
            pinned+=("$sum  $file")
        fi
        wanted+=("$name=$version")
    done <"$DEBIAN_PINS"
    (cd "$build/debs" && apt-get "${apt[@]}" download "${wanted[@]}" >&2) || { say "could not fetch Odoo's packages"; return 1; }
    [ ${#pinned[@]} = 0 ] || (cd "$build/debs" && printf '%s\n' "${pinned[@]}" | sha256sum --check --quiet --strict >&2) ||
        { say "refused: a package of $mirror is not the one that requirements/debian.sha256 names"; return 1; }

    say "unpacking it"
    for file in "$build"/debs/*.deb; do dpkg-deb -x "$file" "$build/root" || return; done
    local python=$build/root/usr/lib/python3/dist-packages
    rm -rf "$python/addons" # a partial copy, which Odoo would put on its addons path by itself
    # The package leaves this file out; the asset bundle that names it would log an error on every page.
    local missing=$python/odoo/addons/mail/static/lib/selfie_segmentation
    mkdir -p "$missing" && touch "$missing/selfie_segmentation.js" || return
    version=${wanted[0]#*=}
    echo "$version" >"$build/root/version"
}

odoo_from_git() { # FOLDER: leaves Odoo in FOLDER/root; fails with a word why
    local root=$1/root
    local git=(git --git-dir="$root/.git" --work-tree="$root" -c advice.detachedHead=false)
    case $ODOO_GIT in
        https:*) ensure git ca-certificates ;;
        *)       ensure git ;;
    esac
    say "fetching commit $ODOO_COMMIT (several hundred MB, once for all checkouts)"
    { mkdir "$root" && "${git[@]}" init -q && "${git[@]}" fetch --depth 1 "$ODOO_GIT" "$ODOO_COMMIT" >&2 &&
        "${git[@]}" checkout -q FETCH_HEAD; } || { say "could not fetch commit $ODOO_COMMIT with git"; return 1; }
    echo "commit $("${git[@]}" rev-parse HEAD)" >"$root/version" && rm -rf "$root/.git"
}
