"""The programs that the attacks need: from Debian by apt-get, from PyPI into a virtual environment of their own."""

import os
import pathlib
import shutil
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
ENVIRONMENT = ROOT / ".build" / "attack-venv"

# Pinned: a check that a new release adds is looked at before it can fail the gate.
PYPI = {"schemathesis": "4.32.5", "sslyze": "6.3.1"}
DEBIAN = {"testssl": "testssl.sh", "slowhttptest": "slowhttptest", "openssl": "openssl"}


class Missing(Exception):
    """Something that is needed is not there and cannot be got; the text says what and how to get it."""


def require(*programs):
    """Sees to it that these Debian programs can be run."""
    packages = [DEBIAN[name] for name in programs if shutil.which(name) is None]
    if not packages:
        return
    command = ["apt-get", "install", "-q", "-y", "--no-install-recommends", "-o", "DPkg::Lock::Timeout=300", *packages]
    if shutil.which("apt-get") is None:
        raise Missing(f"missing: {' '.join(packages)} (names of Debian packages); there is no apt-get here to install them")
    if os.geteuid() != 0:
        if shutil.which("sudo") is None:
            raise Missing("as root, run: " + " ".join(command))
        # Without a terminal nobody can type a password.
        command = ["sudo"] + ([] if sys.stdin.isatty() else ["-n"]) + command
    quiet = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True}
    update = [part for part in command if part in ("sudo", "-n", "apt-get")] + ["update", "-q"]
    subprocess.run(update, check=False, **quiet)
    done = subprocess.run(command, check=False, **quiet)
    still = [name for name in programs if shutil.which(name) is None]
    if still:
        raise Missing(f"apt-get could not install {' '.join(packages)}:\n{done.stdout[-2000:]}")


def python_program(name):
    """The path of a program of PYPI, installed in its pinned version; nothing is fetched when it is there."""
    version = PYPI[name]
    folder = ENVIRONMENT / f"{name}-{version}"
    program = folder / "bin" / name
    done = folder / "complete"
    if done.exists() and program.exists():
        return str(program)
    shutil.rmtree(folder, ignore_errors=True)
    try:
        subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True, capture_output=True, text=True)
    except subprocess.CalledProcessError as error:
        raise Missing(f"python3 cannot make a virtual environment (Debian: apt-get install python3-venv):\n{error.stdout}{error.stderr}") from error
    pip = [str(folder / "bin" / "python"), "-m", "pip", "install", "-q", "--disable-pip-version-check", f"{name}=={version}"]
    result = subprocess.run(pip, check=False, capture_output=True, text=True)
    if result.returncode != 0:
        raise Missing(f"{name} {version} could not be installed from PyPI; is there a network?\n{result.stderr[-2000:]}")
    done.touch()
    return str(program)
