"""Dependabot's settings against what is there: each kind of dependency has an entry, and each entry has files."""

import os
from pathlib import Path

import yaml

from context import Context

# The files that a kind of dependency is written in, by the name that Dependabot has for it.
MANIFESTS = {
    "cargo": ("Cargo.toml",),
    "github-actions": ("*.yml",),
    "npm": ("package.json",),
    "pip": ("requirements.txt",),
    "terraform": ("*.tf",),
}
# Of these, files anywhere count; the others are found by the entry of the root.
ANYWHERE = {"npm", "pip", "terraform"}
NOT_OURS = {".git", "target", "node_modules", ".terraform"}


def check(context: Context) -> list[str]:
    file = context.root / ".github" / "dependabot.yml"
    if not file.exists():
        return ["there is no dependabot.yml"]
    entries = {}
    for update in yaml.safe_load(file.read_text())["updates"]:
        folders = update.get("directories") or [update["directory"]]
        entries.setdefault(update["package-ecosystem"], set()).update(folders)
    if missing := {"cargo", "github-actions", "pip", "terraform"} - set(entries):
        return [f"dependabot.yml has no entry for {', '.join(sorted(missing))}"]
    faults = []
    for kind, folders in entries.items():
        for folder in sorted(folders):
            place = context.root / (".github/workflows" if kind == "github-actions" else folder.lstrip("/"))
            if not any(list(place.glob(name)) for name in MANIFESTS[kind]):
                faults.append(f"dependabot.yml names {folder} for {kind}, and there is nothing of that kind")
    for kind in ANYWHERE:
        there = {"/" + str(folder.relative_to(context.root)) for folder in _folders(context.root, MANIFESTS[kind])}
        if unseen := there - entries.get(kind, set()):
            faults.append(f"dependabot.yml does not see {kind} in {', '.join(sorted(unseen))}")
    return faults


def _folders(root: Path, names: tuple[str, ...]) -> set[Path]:
    found = set()
    for folder, folders, _ in os.walk(root):
        folders[:] = [name for name in folders if name not in NOT_OURS]
        if any(list(Path(folder).glob(name)) for name in names):
            found.add(Path(folder))
    return found
