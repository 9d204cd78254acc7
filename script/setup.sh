# Sourced by script/run, script/test and script/bench: puts in place whatever is missing, and is
# quick when nothing is. Everything it says goes to standard error, so that `--json` stays clean.
# shellcheck shell=bash

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
VENV=$ROOT/.venv
MODELS=${XDG_DATA_HOME:-$HOME/.local/share}/readback/models

say() { printf '%s\n' "$*" >&2; }

die() {
  say "readback set-up: $*"
  exit 1
}

# timed LABEL COMMAND...: run the command, its output to a log that is shown only when it fails.
timed() {
  local label=$1 start=$SECONDS log status=0
  shift
  log=$(mktemp)
  say "set-up: $label ..."
  "$@" >"$log" 2>&1 || status=$?
  if [ $status -ne 0 ]; then tail -n 25 "$log" >&2; fi
  rm -f "$log"
  say "set-up: $label: $((SECONDS - start)) s"
  return $status
}

# debian PACKAGE...: install Debian packages when root or password-less sudo is there; else fail.
debian() {
  local sudo=()
  command -v apt-get >/dev/null || return 1
  if [ "$(id -u)" -ne 0 ]; then
    sudo -n true 2>/dev/null || return 1
    sudo=(sudo -n)
  fi
  "${sudo[@]}" apt-get install -y --no-install-recommends "$@" >/dev/null 2>&1 && return 0
  "${sudo[@]}" apt-get update && "${sudo[@]}" apt-get install -y --no-install-recommends "$@"
}

find_python() {
  local candidate
  for candidate in python3 python3.14 python3.13 python3.12 python3.11; do
    if "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
      command -v "$candidate"
      return 0
    fi
  done
  return 1
}

make_venv() {
  local python
  python=$(find_python) || die "Python 3.11 or newer is needed; on Debian: apt-get install python3"
  if ! "$python" -c 'import ensurepip' 2>/dev/null; then
    timed "Debian package python3-venv" debian python3-venv ||
      die "the Python module venv is missing; on Debian: sudo apt-get install python3-venv"
  fi
  "$python" -m venv "$VENV"
}

# What decides whether the built models are still right: fingerprint FILE..., from the root. In a
# shell of its own: `script/run ask --wav question.wav` is started where the recording is.
fingerprint() (
  cd "$ROOT" && find "$@" -type f ! -name '*.pyc' -print0 | sort -z | xargs -0 cat |
    sha256sum | cut -d ' ' -f 1
)

# setup_packages EXTRA: the virtual environment with the package; EXTRA is "" or "test".
setup_packages() {
  local extra=$1 wanted stamp=$VENV/.readback-packages-${1:-run}
  wanted=$(sha256sum <"$ROOT/pyproject.toml")
  [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$wanted" ] && return 0
  if ! "$VENV/bin/python" -c '' 2>/dev/null; then
    rm -rf "$VENV"
    make_venv
  fi
  timed "Python packages${extra:+ for $extra}" "$VENV/bin/python" -m pip install --quiet \
    --disable-pip-version-check -e "$ROOT${extra:+[$extra]}" ||
    die "the Python packages could not be installed; look at the lines above, then run this again"
  printf '%s\n' "$wanted" >"$stamp"
}

# The sound library is the one thing that Python packages do not bring. Without it typed and
# recorded questions still work, so its absence is told, not fatal.
setup_sound() {
  "$VENV/bin/python" - <<'EOF' && return 0
import ctypes.util, sys
sys.exit(ctypes.util.find_library("portaudio") is None)
EOF
  timed "Debian package libportaudio2" debian libportaudio2 ||
    say "readback: for microphone and loudspeaker, install PortAudio: sudo apt-get install libportaudio2"
}

# The files of ours that decide what is built. tests/test_setup.py follows the imports.
STARTER=(models/starter models/espeak.py models/letters.py models/lexicon.py models/pieces.py
  models/store.py models/supplement.txt models/wordforms.py)
ENCODER=(models/encoder.py models/package.py models/minilm_graph.py models/protobuf.py
  models/cross_graph.py models/cross_encoder.npz)
WHISPER=(models/whisper.py)

# tried_with NAME FILE...: was the model NAME built, or tried, with these files as they are?
tried_with() {
  local stamp=$MODELS/.built-from-$1
  shift
  [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$(fingerprint "$@")" ]
}

mark_tried() {
  local stamp=$MODELS/.built-from-$1
  shift
  mkdir -p "$MODELS"
  fingerprint "$@" >"$stamp"
}

# The starter model follows the library by itself; here it is built for the first time, or again
# when its builder has changed. The other two are downloads, tried once for each of their versions:
# who has no network waits once, and an update that brings a new one tries again.
setup_models() {
  if [ ! -d "$MODELS/starter" ] || ! tried_with starter "${STARTER[@]}"; then
    timed "starter model" "$VENV/bin/readback" models build ||
      die "the starter model could not be built; look at the lines above, then run this again"
    mark_tried starter "${STARTER[@]}"
  fi
  if ! tried_with encoder "${ENCODER[@]}"; then
    timed "sentence encoder" "$VENV/bin/readback" models encoder ||
      say "readback: without the sentence encoder, questions are matched by their words alone;" \
        "with a network, add it by: script/run models encoder"
    mark_tried encoder "${ENCODER[@]}"
  fi
  if ! tried_with whisper "${WHISPER[@]}"; then
    timed "second pass" "$VENV/bin/readback" models whisper ||
      say "readback: without the second pass, more questions are misheard;" \
        "with a network, add it by: script/run models whisper"
    mark_tried whisper "${WHISPER[@]}"
  fi
}
