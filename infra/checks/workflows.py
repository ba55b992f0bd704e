"""The workflows and the composite action: actionlint (with shellcheck inside), zizmor, three rules of our own, and what a
release does to the tag that they name."""

import re
from pathlib import Path

import yaml

import releases
import updates
from context import Context

FULL_SHA = re.compile(r"^[\w./-]+@[0-9a-f]{40}$")


def check(context: Context) -> tuple[str, list[str]]:
    faults = []
    flows = sorted((context.root / ".github" / "workflows").glob("*.y*ml"))
    # An example is a workflow too, for another repository.
    examples = sorted((context.root / "docs" / "examples").glob("**/*.y*ml")) if (context.root / "docs" / "examples").exists() else []
    examples = [file for file in examples if "jobs" in (yaml.safe_load(file.read_text()) or {})]
    actions = [file for file in (context.root / "action.yml",) if file.exists()]
    if not flows:
        faults.append("there are no workflows")
    done = context.run(context.tool("actionlint"), "-no-color", *map(str, [*flows, *examples]))
    if done.returncode != 0:
        faults.append(done.stdout + done.stderr)
    done = context.run(context.tool("zizmor"), "--offline", "--no-progress", "--color=never", "--persona=pedantic", *map(str, [*flows, *examples, *actions]))
    if done.returncode != 0:
        faults.append(done.stdout + done.stderr)
    uses = 0
    for file in [*flows, *examples, *actions]:
        document = yaml.safe_load(file.read_text())
        for step in _steps(document):
            if "uses" in step and not step["uses"].startswith("./"):
                uses += 1
                # Our own action cannot name the commit that it is part of.
                if not FULL_SHA.match(step["uses"]) and "monitorctl" not in step["uses"]:
                    faults.append(f"{file.name}: {step['uses']} is not pinned to a commit")
            if "${{" in step.get("run", ""):
                faults.append(f"{file.name}: an expression inside a script: {step.get('name')}; give it as an environment variable")
        if "jobs" in document and document.get("permissions") != {}:
            faults.append(f"{file.name}: the workflow does not begin with `permissions: {{}}`")
        faults += [f"{file.name}: {fault}" for fault in _defaults(document, file.read_text())]
        faults += [f"{file.name}: {fault}" for fault in _scripts(context, document, file in actions)]
    faults += releases.check(context)
    faults += updates.check(context)
    return f"{len(flows)} workflows, {len(examples)} examples, {len(actions)} actions; {uses} uses", faults


def _steps(document: dict) -> list[dict]:
    jobs = list((document.get("jobs") or {}).values()) + [document.get("runs") or {}]
    return [step for job in jobs for step in job.get("steps", [])]


def _defaults(document: dict, text: str) -> list[str]:
    """GitHub applies no default to an empty input, so each use repeats the default."""
    # PyYAML reads the key `on` as true.
    call = ((document.get(True) or {}) if isinstance(document.get(True), dict) else {}).get("workflow_call") or {}
    faults = []
    for name, details in (call.get("inputs") or {}).items():
        default = details.get("default")
        if default and re.search(rf"\$\{{\{{ *inputs\.{name}(?! \|\| '{re.escape(default)}' *\}}\}})\b(?!-)", text):
            faults.append(f"the input {name} is used without its default, and can be empty")
    return faults


def _scripts(context: Context, document: dict, action: bool) -> list[str]:
    """shellcheck for the scripts of an action, which actionlint does not read."""
    faults = []
    for step in _steps(document) if action else []:
        if "run" in step:
            done = context.run(context.tool("shellcheck"), "--shell=bash", "-", input=step["run"])
            if done.returncode != 0:
                faults.append(f"{step.get('name')}: {done.stdout}")
    return faults
