"""What every check starts from: where things are, and how a tool is run."""

import os
import subprocess
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

import schema
import terraform

TERRAFORM = os.environ.get("TERRAFORM", "terraform")


@dataclass(frozen=True)
class Context:
    #: What is checked.
    root: Path
    #: Where the tools are.
    tools: Path

    def of(self, root: Path) -> "Context":
        """The same tools on a copy."""
        return replace(self, root=root)

    @property
    def configuration(self) -> Path:
        """What a person applies: the provider, and the module."""
        return self.root / "infra" / "terraform"

    @property
    def module(self) -> Path:
        """The module that makes all resources."""
        return self.configuration / "module"

    @cached_property
    def schema(self) -> dict:
        [wheel] = self.tools.glob("cdktf_cdktf_provider_aws-*.whl")
        return schema.load(wheel, self.tools / "schema.json")

    @cached_property
    def plans(self) -> dict:
        """The plan of each installation, by its name."""
        return terraform.plans(self)

    def tool(self, name: str) -> str:
        return str(self.tools / "venv" / "bin" / name)

    def run(self, *command: str, **options) -> subprocess.CompletedProcess:
        """Runs a tool that finds the others. Its own failure is for the caller to judge."""
        environment = {**os.environ, "PATH": f"{self.tools / 'venv' / 'bin'}:{os.environ['PATH']}", **options.pop("env", {})}
        options = {"cwd": self.root, "capture_output": True, "text": True, **options}
        return subprocess.run(command, env=environment, **options)
