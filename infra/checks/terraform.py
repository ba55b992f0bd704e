"""Terraform's own judgement, with the stand-in for the provider: every argument is one that the provider takes, every
installation that we offer plans, and every setting that would hurt is refused with words."""

import json
import os
import re
import shutil
import subprocess
import tempfile
from pathlib import Path

import installations
import provider


class Refused(Exception):
    """Terraform found a fault; the words are its own."""


def check(context) -> tuple[str, list[str]]:
    faults = _described(context)
    with provider.serving(context.schema) as environment, Terraform(context, environment) as terraform:
        try:
            terraform.run("validate")
        except Refused as refused:
            return "terraform validate", [str(refused)]
        try:
            terraform.example()
        except Refused as refused:
            faults.append(f"terraform.tfvars.example: {refused}")
        for name, variables, words in installations.REFUSED:
            try:
                terraform.plan(variables)
                faults.append(f"{name}: was planned, but should be refused")
            except Refused as refused:
                if words not in " ".join(str(refused).replace("│", " ").split()):
                    faults.append(f"{name}: was refused for another reason:\n{refused}")
    try:
        planned = sum(len(resources(plan)) for plan in context.plans.values())
    except Refused as refused:
        return "terraform plan", [str(refused), *faults]
    version = context.schema["version"]
    known = f"{len(context.schema['resources'])} resources and {len(context.schema['data'])} data sources"
    return (
        f"valid against AWS provider {version} ({known}); "
        f"{len(context.plans)} installations and the example plan {planned} resources; {len(installations.REFUSED)} bad settings are refused",
        faults,
    )


def _described(context) -> list[str]:
    """The table of variables in README.md is complete, and names no other."""
    written = set(re.findall(r'^variable "(\w+)"', (context.configuration / "variables.tf").read_text(), re.M))
    readme = (context.configuration / "README.md").read_text()
    table = readme[readme.index("| variable |") :].split("\n\n")[0]
    told = set(re.findall(r"^\| `(\w+)` \|", table, re.M))
    return [f"README.md and variables.tf differ in {', '.join(sorted(written ^ told))}"] if written != told else []


def plans(context) -> dict:
    with provider.serving(context.schema) as environment, Terraform(context, environment) as terraform:
        return {name: terraform.plan(variables) for name, variables in installations.PLANNED.items()}


def resources(plan: dict) -> dict:
    """The planned values of every resource, by address."""
    return {resource["address"]: resource["values"] for resource in plan["planned_values"]["root_module"]["resources"]}


class Terraform:
    """Terraform in a copy of the configuration."""

    def __init__(self, context, environment: dict):
        self.program = os.environ.get("TERRAFORM", "terraform")
        self.environment = {
            **os.environ,
            **environment,
            # Nothing of the person who runs this: no settings, no credentials, no upgrade check.
            "TF_CLI_CONFIG_FILE": os.devnull,
            "CHECKPOINT_DISABLE": "1",
            "TF_IN_AUTOMATION": "1",
        }
        self.folder = Path(tempfile.mkdtemp(prefix="monitorctl-infra-"))
        for item in context.configuration.iterdir():
            if item.suffix == ".tf":
                shutil.copy(item, self.folder)
        shutil.copy(context.configuration / "terraform.tfvars.example", self.folder / "example")
        shutil.copytree(context.configuration / "templates", self.folder / "templates")

    def __enter__(self):
        self.run("init", "-backend=false", "-input=false")
        return self

    def __exit__(self, *_):
        shutil.rmtree(self.folder)

    def run(self, *arguments: str) -> str:
        command = [self.program, arguments[0], "-no-color", *arguments[1:]]
        done = subprocess.run(command, cwd=self.folder, env=self.environment, capture_output=True, text=True)
        if done.returncode != 0:
            raise Refused((done.stdout + done.stderr).strip())
        return done.stdout

    def plan(self, variables: dict) -> dict:
        """The plan as JSON, every value filled in."""
        (self.folder / "terraform.tfvars.json").write_text(json.dumps(variables))
        self.run("plan", "-input=false", "-refresh=false", "-lock=false", "-out=plan")
        return json.loads(self.run("show", "-json", "plan"))

    def example(self) -> None:
        """Plans what a person begins with."""
        (self.folder / "terraform.tfvars.json").write_text("{}")
        self.run("plan", "-input=false", "-refresh=false", "-lock=false", "-var-file=example")
