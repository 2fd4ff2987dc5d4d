# Sourced by ./start and ./check with PROFILE=run or test: a virtual environment that holds the locked packages.
# POSIX sh, because nothing else is sure to be there yet. All of it goes below this folder.

say() { printf '%s\n' "· $*" >&2; }
refuse() { printf '%s\n' "✗ $*" >&2; exit 1; }

# A step dies with this shell, so that a kill -9 in the middle of an installation leaves nothing running.
if command -v setpriv >/dev/null 2>&1; then bound() { setpriv --pdeathsig KILL "$@"; }; else bound() { "$@"; }; fi

python_works() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; }
PYTHON=
for candidate in python3.11 python3.12 python3.13 python3 python3.14; do
  if python_works "$candidate"; then PYTHON=$("$candidate" -c 'import sys; print(sys.executable)'); break; fi
done
[ -n "$PYTHON" ] || refuse "Python 3.11 or newer is needed (Debian: apt install python3 python3-pip)."

# Where this is set, each of our many processes would compile thousands of modules anew: seconds of work, every time.
unset PYTHONDONTWRITEBYTECODE

mkdir -p .tools
export UV_PYTHON_DOWNLOADS=never UV_CACHE_DIR="${UV_CACHE_DIR:-$PWD/.tools/cache/uv}"
export npm_config_cache="${npm_config_cache:-$PWD/.tools/cache/npm}"

# uv and npm trust a list of their own; what this system trusts counts too, a company's proxy for example.
CERTIFICATES=/etc/ssl/certs/ca-certificates.crt
if [ -r "$CERTIFICATES" ]; then
  export SSL_CERT_FILE="${SSL_CERT_FILE:-$CERTIFICATES}" NODE_EXTRA_CA_CERTS="${NODE_EXTRA_CA_CERTS:-$CERTIFICATES}"
fi

install_uv() {
  if ! "$PYTHON" -m pip --version >/dev/null 2>&1; then
    [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1 || refuse "pip is needed (Debian: apt install python3-pip)."
    say "Installing pip with apt"
    { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends python3-pip; } \
      >.tools/apt.log 2>&1 || refuse "apt could not install python3-pip; see .tools/apt.log."
  fi
  say "Installing uv, which installs the rest"
  rm -rf .tools/uv.new
  # --target works where Debian refuses both a plain pip install and, without its venv package, a new environment.
  bound "$PYTHON" -m pip install -q --no-cache-dir --disable-pip-version-check --root-user-action=ignore --require-hashes \
    --target .tools/uv.new -r requirements/uv.txt 2>.tools/pip.log || { cat .tools/pip.log >&2; exit 1; }
  rm -rf .tools/uv
  mv .tools/uv.new .tools/uv
}

if [ -x .tools/uv/bin/uv ]; then UV=.tools/uv/bin/uv
elif uv --version >/dev/null 2>&1; then UV=uv
else install_uv; UV=.tools/uv/bin/uv
fi

# One environment serves both commands: the test packages, once there, stay, so the two do not undo each other.
LOCKS="requirements/base.txt requirements/embedded.txt requirements/mail.txt requirements/assets.txt"
[ "$PROFILE" = run ] && [ ! -e .venv/has-tests ] || LOCKS="$LOCKS requirements/test.txt"
# shellcheck disable=SC2086
STAMP="$PYTHON $(cat $LOCKS | cksum)"
if [ ! -x .venv/bin/python ] || [ "$(cat .venv/stamp 2>/dev/null)" != "$STAMP" ]; then
  say "Installing the Python packages into .venv"
  python_works .venv/bin/python || bound "$UV" venv -q --clear --relocatable --python "$PYTHON" .venv
  # shellcheck disable=SC2086
  bound "$UV" pip sync -q --require-hashes --python .venv/bin/python $LOCKS
  case $LOCKS in *test*) : >.venv/has-tests ;; esac
  printf %s "$STAMP" >.venv/stamp
fi
