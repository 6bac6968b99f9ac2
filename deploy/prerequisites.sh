# Sourced by deploy/test, deploy/quickstart and deploy/bench, in the project's folder: sees to what building and running Steward needs
# beside the Swift toolchain. What is missing is installed by apt-get, as root or through sudo; nothing happens when
# nothing is missing. What cannot be helped ends the script with exit code 3 and says what to do.
# shellcheck shell=bash

give_up() {
  printf 'steward: %s\n' "$@" >&2
  exit 3
}

# One line each: is it there?
have_program() { command -v "$1" >/dev/null; }
have_library() { have_program pkg-config && pkg-config --exists "$1"; }
have_postgres() {
  local folder
  [[ -z ${STEWARD_POSTGRES_BIN:-} ]] || return 0 # the server says what is wrong with it
  for folder in /usr/lib/postgresql/{15,16,17,18,19,20}/bin; do
    if [[ -x $folder/postgres && -x $folder/initdb ]]; then return 0; fi
  done
  have_program postgres && have_program initdb
}

# The Debian packages of what is missing; a script with needs of its own adds them by a function missing_extras.
missing_packages() {
  if declare -F missing_extras >/dev/null; then missing_extras; fi
  have_program pkg-config || echo pkg-config
  have_library libpq || echo libpq-dev
  have_library openssl || echo libssl-dev
  # Any version from 15 on serves; this is Debian 12's.
  have_postgres || echo postgresql-15
  have_program psql || echo postgresql-client-15
  have_program setpriv || echo util-linux
  have_program git || echo git
  have_program python3 || echo python3
  python3 -c 'import ensurepip, venv' 2>/dev/null || echo python3-venv
  have_program curl || echo curl
  have_program openssl || echo openssl
  have_program gzip || echo gzip
  [[ -e /etc/ssl/certs/ca-certificates.crt ]] || echo ca-certificates
  [[ -e /usr/share/zoneinfo/Europe/Rome ]] || echo tzdata
}

# Steward runs its own cluster. Debian's package would make and start one more, "main", which nobody here asked for:
# not while we install. The setting goes again afterwards, for it is the machine's owner who decides later. What a test runs for itself
# does not run as a service besides: its unit is masked before it is there.
install_packages() {
  local root=("$@")
  local setting=/etc/postgresql-common/createcluster.d/steward-no-main-cluster.conf
  local status=0
  "${root[@]}" mkdir -p "${setting%/*}"
  echo 'create_main_cluster = false' | "${root[@]}" tee "$setting" >/dev/null
  if [[ " ${packages[*]} " == *" prometheus-alertmanager "* ]]; then
    "${root[@]}" mkdir -p /etc/systemd/system
    "${root[@]}" ln -sfn /dev/null /etc/systemd/system/prometheus-alertmanager.service
  fi
  {
    "${root[@]}" apt-get update -q &&
      "${root[@]}" env DEBIAN_FRONTEND=noninteractive RUNLEVEL=1 apt-get install -q -y --no-install-recommends -o DPkg::Lock::Timeout=300 "${packages[@]}"
  } </dev/null >&2 || status=$?
  "${root[@]}" rm -f "$setting"
  return "$status"
}

have_program swift || give_up "the Swift toolchain is missing: there is no 'swift' in PATH." \
  "Install Swift 6.2 or later (https://www.swift.org/install/linux/) and put its usr/bin folder into PATH."

mapfile -t packages < <(missing_packages)
if ((${#packages[@]} > 0)); then
  have_program apt-get || give_up "missing: ${packages[*]} (names of Debian packages). Install them; there is no apt-get here to do it."
  as_root=()
  if ((EUID != 0)); then
    have_program sudo || give_up "missing packages: ${packages[*]}. There is no sudo here. As root, run:" "apt-get install ${packages[*]}"
    as_root=(sudo)
    # Without a terminal nobody can type a password.
    [[ -t 0 ]] || as_root=(sudo -n)
    "${as_root[@]}" true || give_up "missing packages: ${packages[*]}. You may not use sudo here. As root, run:" "apt-get install ${packages[*]}"
  fi
  echo "steward: installing ${packages[*]}" >&2
  install_packages "${as_root[@]}" || give_up "apt-get could not install ${packages[*]}; is there a network? Its own messages are above."
  mapfile -t packages < <(missing_packages)
  ((${#packages[@]} == 0)) || give_up "still missing after the installation: ${packages[*]}"
fi

if ! mkdir -p .build 2>/dev/null || [[ ! -w .build ]]; then
  give_up "$(id -un) cannot write to $PWD/.build, where the build goes." "Use a clone of your own, or give this one to yourself (chown -R)."
fi
