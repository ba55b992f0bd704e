"""The tag of the major version, which the workflows of others name: it is the one of the version in Cargo.toml, and a
release moves it as it should. The script of release.yml runs here, with a `gh` that has no GitHub behind it."""

import os
import re
import tempfile
from pathlib import Path

import yaml

from context import Context

# What GitHub holds, and the only call that may change something there: of a release of the tag, with the releases and
# the tags that there are.
CASES = [
    ("v0.1.0", ["v0.1.0"], ["v0.1.0"], "POST git/refs ref=refs/tags/v0 sha=abc"),
    ("v0.2.0", ["v0.2.0", "v0.1.0"], ["v0", "v0.1.0", "v0.2.0"], "PATCH git/refs/tags/v0 sha=abc force=true"),
    ("v0.10.0", ["v0.9.0", "v0.10.0"], ["v0", "v0.9.0", "v0.10.0"], "PATCH git/refs/tags/v0 sha=abc force=true"),
    ("v0.1.9", ["v0.1.9", "v0.2.0"], ["v0", "v0.1.9", "v0.2.0"], None),
    # A pre-release does not count, and neither does a release of another major version.
    ("v0.1.9", ["v0.1.9", "v0.2.0-rc.1", "v1.0.0"], ["v0", "v1"], "PATCH git/refs/tags/v0 sha=abc force=true"),
    ("v1.0.0", ["v0.2.0"], ["v0", "v10", "v1.0.0"], "POST git/refs ref=refs/tags/v1 sha=abc"),
]

GH = """#!/bin/bash
case $* in
  "release list "*) cat "$SANDBOX/released" ;;
  "api --paginate repos/acme/tool/git/matching-refs/"*) cat "$SANDBOX/tags" ;;
  *) echo "$*" >>"$SANDBOX/calls" ;;
esac
"""


def check(context: Context) -> list[str]:
    return [*_named(context), *_moved(context)]


def _named(context: Context) -> list[str]:
    """Where the workflows name another major version than the one that is released next."""
    [major] = re.findall(r'^version = "(\d+)\.', (context.root / "Cargo.toml").read_text(), re.M)
    files = [*(context.root / ".github" / "workflows").glob("*.yml"), *(context.root / "docs" / "examples").glob("*.yml")]
    named = [(file.name, tag) for file in files for tag in re.findall(r"uses: \S*/monitorctl\S*@(\S+)", file.read_text())]
    if not named:
        return ["no workflow names the tag of the major version"]
    return [f"{file} names {tag}, and a release moves v{major}" for file, tag in sorted(set(named)) if tag != f"v{major}"]


def _moved(context: Context) -> list[str]:
    job = yaml.safe_load((context.root / ".github" / "workflows" / "release.yml").read_text())["jobs"]["major"]
    [step] = job["steps"]
    faults = [] if "'-'" in job["if"] else ["a pre-release moves the major tag"]
    for tag, released, tags, wanted in CASES:
        with tempfile.TemporaryDirectory() as folder:
            sandbox = Path(folder)
            (sandbox / "gh").write_text(GH)
            (sandbox / "gh").chmod(0o755)
            (sandbox / "released").write_text("".join(f"{name}\n" for name in released))
            (sandbox / "tags").write_text("".join(f"refs/tags/{name}\n" for name in tags))
            environment = {
                "PATH": f"{sandbox}:{os.environ['PATH']}",
                "SANDBOX": str(sandbox),
                "GITHUB_REPOSITORY": "acme/tool",
                "GITHUB_REF_NAME": tag,
                "GITHUB_SHA": "abc",
            }
            # As GitHub's runner starts a script.
            done = context.run("bash", "-e", "-c", step["run"], env=environment)
            calls = (sandbox / "calls").read_text() if (sandbox / "calls").exists() else ""
        said = calls.replace("api --silent --method ", "").replace("repos/acme/tool/", "").replace("--field ", "").strip()
        if done.returncode != 0 or said != (wanted or ""):
            faults.append(f"a release of {tag} after {released} ends with {done.returncode} and asks for {said!r}: {done.stderr}")
    return faults
