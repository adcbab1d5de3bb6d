#!/bin/sh
# Bring .venv up to a requirements file; does nothing when it is: tools/install.sh requirements.txt
# Takes uv when there is one, else venv and pip. A .venv that was left half built, or that came along when the
# folder was copied or moved (its programs name the old place), is built anew.
set -eu
cd "$(dirname "$0")/.."
wanted=$1
stamp=.venv/.installed-$wanted
contents=$(pwd; cat requirements.txt "$wanted")

say() { printf '%s\n' "$*" >&2; }
have() { command -v "$1" >/dev/null 2>&1; }
new_enough() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; }

find_python() {
    for name in python3.11 python3.12 python3.13 python3; do
        if new_enough "$name"; then echo "$name"; return; fi
    done
}

healthy() {
    [ ! -e .venv/.building ] && [ "$(cat .venv/.installed-* 2>/dev/null | head -n 1)" = "$(pwd)" ] &&
        new_enough .venv/bin/python &&
        { have uv || .venv/bin/python -m pip --version >/dev/null 2>&1; }
}

build() {
    rm -rf .venv
    python=$(find_python)
    if have uv; then
        uv venv -q --python "${python:-3.11}" .venv && return
        python=
    fi
    if [ -z "$python" ]; then
        say "需要 Python 3.11 或更新的版本，这台机器上没有找到，请先安装（Debian：apt install python3 python3-venv）。"
        exit 1
    fi
    if ! "$python" -c 'import ensurepip, venv' >/dev/null 2>&1; then
        if [ "$(id -u)" = 0 ] && have apt-get; then
            say "正在安装 $python-venv……"
            { apt-get update -qq && apt-get install -y -qq "$python-venv"; } >/dev/null
        else
            say "$python 缺少 venv 模块，请先安装（Debian：apt install $python-venv）。"
            exit 1
        fi
    fi
    "$python" -m venv .venv
}

mkdir -p var
exec 9>var/install.lock
if have flock; then flock 9; fi

if healthy && [ "$contents" = "$(cat "$stamp" 2>/dev/null)" ]; then exit 0; fi
healthy || build
say "正在安装 $wanted 到 .venv，第一次约需一两分钟……"
rm -f .venv/.installed-*
touch .venv/.building
if have uv; then
    uv pip install -q --python .venv/bin/python -r "$wanted"
else
    .venv/bin/python -m pip install -q --disable-pip-version-check --no-input -r "$wanted"
fi
rm .venv/.building
printf '%s\n' "$contents" >"$stamp"
