# Shared by bare-debian and boot-debian, which prove the installation in a scratch Debian at $bare.
# Sourced after lib.sh; whoever sources it defines `inside COMMAND…`, which runs a command in there.

failed=0
# check WORDS COMMAND…: runs it inside; says whether it went well.
check() {
    local words=$1 started=$SECONDS
    shift
    if inside "$@" >"$bare/root/last.log" 2>&1 </dev/null; then
        printf '%-72s ok %4s s\n' "$words" $((SECONDS - started))
    else
        printf '%-72s FAILED %s s\n' "$words" $((SECONDS - started))
        tail -n 15 "$bare/root/last.log" >&2
        failed=$((failed + 1))
    fi
}

# source_of COMMIT FOLDER: a checkout as somebody would unpack it.
source_of() {
    mkdir -p "$bare/usr/src/$2"
    git -C "$ROOT" archive "$1" | tar -x -C "$bare/usr/src/$2"
}

# debian FOLDER PACKAGES: a Debian 12 with nothing but its base and these (comma between them).
debian() {
    command -v debootstrap >/dev/null || apt_install debootstrap || die 'debootstrap is needed'
    debootstrap --variant=minbase ${2:+--include="$2"} bookworm "$1" >"$1.log" 2>&1 || die "debootstrap failed, see $1.log"
    rm -f "$1.log"
}

# network_settings: names are resolved and packages found inside as they are here.
network_settings() {
    local file
    for file in /etc/resolv.conf /etc/pip.conf; do
        if [ -e "$file" ]; then cp "$file" "$bare/etc/"; fi
    done
    if [ -d /etc/xdg/pip ]; then mkdir -p "$bare/etc/xdg" && cp -r /etc/xdg/pip "$bare/etc/xdg/"; fi
    if [ -n "${PIP_CERT:-}" ]; then
        mkdir -p "$bare/root/etc" && cp "$PIP_CERT" "$bare/root/etc/"
        export PIP_CERT="/root/etc/${PIP_CERT##*/}"
    fi
}

# settings_for_inside: the environment of a command inside, one NAME=VALUE an element, in the array `settings`.
settings_for_inside() {
    settings=(PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LANG=C.UTF-8)
    while IFS='=' read -r -d '' name value; do settings+=("$name=$value"); done < <(env -0 | grep -z '^PIP_')
}

verdict() {
    [ "$failed" = 0 ] || die "$failed steps failed"
    say 'all steps went well'
}
