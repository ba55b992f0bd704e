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
        faults += _refused("the example as it comes", "the zeros of terraform.tfvars.example", terraform.example)
        try:
            terraform.example(installations.DIGEST)
        except Refused as refused:
            faults.append(f"terraform.tfvars.example: {refused}")
        for name, variables, words in installations.REFUSED:
            faults += _refused(name, words, lambda: terraform.plan(variables))
        try:
            terraform.environments(installations.DIGEST)
        except Refused as refused:
            faults.append(f"examples/environments: {refused}")
        try:
            terraform.chat(installations.DIGEST)
        except Refused as refused:
            faults.append(f"examples/chat: {refused}")
    for name, answers, words in installations.ELSEWHERE:
        with provider.serving(context.schema, answers) as environment, Terraform(context, environment) as terraform:
            faults += _refused(name, words, lambda: terraform.plan(installations.SMALLEST))
    try:
        planned = sum(len(resources(plan)) for plan in context.plans.values())
    except Refused as refused:
        return "terraform plan", [str(refused), *faults]
    version = context.schema["version"]
    known = f"{len(context.schema['resources'])} resources and {len(context.schema['data'])} data sources"
    return (
        f"valid against AWS provider {version} ({known}); "
        f"{len(context.plans)} installations, the example, two environments and a chat plan {planned} resources; "
        f"{1 + len(installations.REFUSED) + len(installations.ELSEWHERE)} bad settings and accounts are refused",
        faults,
    )


def _refused(name: str, words: str, plan) -> list[str]:
    """What is wrong if the plan is not refused with these words."""
    try:
        plan()
    except Refused as refused:
        # Lines are broken and drawn by the width of a terminal.
        if words in " ".join(str(refused).replace("│", " ").split()) and "Invalid index" not in str(refused):
            return []
        return [f"{name}: was refused for another reason:\n{refused}"]
    return [f"{name}: was planned, but should be refused"]


# The name and the type of a variable; the type may take more than one line.
VARIABLE = re.compile(r'^variable "(\w+)" \{\n.*?^  type += (.*?)\n(?=  \w+ +=|\n|\})', re.M | re.S)


def _described(context) -> list[str]:
    """The table of variables in README.md is complete and names no other, and each of the module's can be set."""
    variables = dict(VARIABLE.findall((context.configuration / "variables.tf").read_text()))
    ours = dict(VARIABLE.findall((context.module / "variables.tf").read_text()))
    written = set(variables)
    calls = (context.configuration / "main.tf").read_text()
    faults = [
        f"the variable {name} of the module is another one in variables.tf, or main.tf does not pass it on"
        for name, kind in ours.items()
        if variables.get(name) != kind or not re.search(rf"^  {name} += var\.{name}$", calls, re.M)
    ]
    if extra := written - set(ours) - {"region", "tags"}:
        faults.append(f"variables.tf has {', '.join(sorted(extra))}, and the module does not")
    outputs = [set(re.findall(r'^output "(\w+)"', (folder / "outputs.tf").read_text(), re.M)) for folder in (context.configuration, context.module)]
    if outputs[0] != outputs[1]:
        faults.append(f"the outputs differ in {', '.join(sorted(outputs[0] ^ outputs[1]))}")
    # Terraform refuses a module with a provider of its own only under count, for_each or depends_on.
    faults += [
        f"module/{file.name} has a provider block: the caller could not give it another region"
        for file in sorted(context.module.glob("*.tf"))
        if re.search(r"^provider ", file.read_text(), re.M)
    ]
    readme = (context.configuration / "README.md").read_text()
    table = readme[readme.index("| variable |") :].split("\n\n")[0]
    listed = set(re.findall(r"^\| `(\w+)` \|", table, re.M))
    return [*faults, f"README.md and variables.tf differ in {', '.join(sorted(written ^ listed))}"] if written != listed else faults


def plans(context) -> dict:
    with provider.serving(context.schema) as environment, Terraform(context, environment) as terraform:
        return {name: terraform.plan(variables) for name, variables in installations.PLANNED.items()}


def resources(plan: dict) -> dict:
    """The planned values of every resource, by its address in the module."""
    [module] = plan["planned_values"]["root_module"]["child_modules"]
    return {resource["address"].removeprefix("module.monitorctl."): resource["values"] for resource in module["resources"]}


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
        # Without the leftovers of manual work.
        left = shutil.ignore_patterns(".terraform*", "*.tfstate*", "*.tfvars", "*.tfvars.json")
        shutil.copytree(context.configuration, self.folder, ignore=left, dirs_exist_ok=True)

    def __enter__(self):
        self.run("init", "-backend=false", "-input=false")
        return self

    def __exit__(self, *_):
        shutil.rmtree(self.folder)

    def run(self, *arguments: str, folder: Path | None = None) -> str:
        command = [self.program, arguments[0], "-no-color", *arguments[1:]]
        done = subprocess.run(command, cwd=folder or self.folder, env=self.environment, capture_output=True, text=True)
        if done.returncode != 0:
            raise Refused((done.stdout + done.stderr).strip())
        return done.stdout

    def plan(self, variables: dict) -> dict:
        """The plan as JSON, every value filled in."""
        (self.folder / "terraform.tfvars.json").write_text(json.dumps(variables))
        self.run("plan", "-input=false", "-refresh=false", "-lock=false", "-out=plan")
        return json.loads(self.run("show", "-json", "plan"))

    def example(self, digest: str | None = None) -> None:
        """Plans what a person begins with, as it comes or with the checksum filled in."""
        (self.folder / "terraform.tfvars.json").write_text("{}")
        text = (self.folder / "terraform.tfvars.example").read_text()
        (self.folder / "filled.tfvars").write_text(text.replace("0" * 64, digest) if digest else text)
        self.run("plan", "-input=false", "-refresh=false", "-lock=false", "-var-file=filled.tfvars")

    def environments(self, digest: str) -> None:
        """Plans the example with two installations in one account: they share no name and no trust."""
        modules = self.caller("environments", 2, digest)["child_modules"]
        names = _names(modules)
        if shared := sorted(name for name, modules in names.items() if len(modules) > 1):
            raise Refused(f"both environments make {', '.join(shared)}")
        roles = _trusted(modules)
        if roles != {"staging": {"monitors-staging"}, "prod": {"monitors-prod"}}:
            raise Refused(f"the roles of sync trust {roles}")

    def chat(self, digest: str) -> None:
        """Plans the example with Amazon Q: a member of the channel can do nothing, and only the topic sends to the queue."""
        root = self.caller("chat", 1, digest)
        planned = {resource["address"]: resource["values"] for resource in root["resources"]}
        chat = planned["aws_chatbot_slack_channel_configuration.alerts"]
        topics = [f"arn:aws:sns:{provider.REGION}:{provider.ACCOUNT}:monitorctl-{topic}" for topic in ("alerts", "operators")]
        if chat["sns_topic_arns"] != topics:
            raise Refused(f"the chat gets {chat['sns_topic_arns']}")
        policies = [address for address in planned if address.startswith(("aws_iam_role_policy", "aws_iam_policy"))]
        if chat["guardrail_policy_arns"] != ["arn:aws:iam::aws:policy/AWSDenyAll"] or policies:
            raise Refused(f"members of the channel may do more than read: {chat['guardrail_policy_arns']}, {policies}")
        [statement] = json.loads(planned["aws_sqs_queue_policy.alerts"]["policy"])["Statement"]
        if statement["Condition"] != {"ArnEquals": {"aws:SourceArn": topics[0]}}:
            raise Refused(f"the queue lets in {statement}")

    def caller(self, example: str, calls: int, digest: str) -> dict:
        """The plan of an example that calls the module: from here, and with the checksum filled in."""
        folder = self.folder / "examples" / example
        text = (folder / "main.tf").read_text()
        text = re.sub(r'source += "github\.com/[^"]+//infra/terraform/module\?ref=[^"]+"', 'source = "../../module"', text)
        if text.count('"../../module"') != calls:
            raise Refused(f"main.tf does not call the module {calls} times by its address")
        (folder / "main.tf").write_text(text.replace("0" * 64, digest))
        self.run("init", "-backend=false", "-input=false", folder=folder)
        self.run("plan", "-input=false", "-refresh=false", "-lock=false", "-out=plan", folder=folder)
        return json.loads(self.run("show", "-json", "plan", folder=folder))["planned_values"]["root_module"]


# Types whose names are unique in a region of an account.
NAMED_ONCE = {
    "aws_cloudwatch_metric_alarm",
    "aws_dynamodb_table",
    "aws_iam_policy",
    "aws_iam_role",
    "aws_sns_topic",
}


def _names(modules: list[dict]) -> dict:
    """The modules that make a resource of a type and name, which an account has once."""
    found: dict = {}
    for module in modules:
        for resource in module["resources"]:
            name = resource["values"].get("name") or resource["values"].get("alarm_name")
            if name and resource["type"] in NAMED_ONCE:
                found.setdefault(f"{resource['type']} {name}", set()).add(module["address"])
    if {kind.split()[0] for kind in found} != NAMED_ONCE:
        raise Refused(f"the plan names only {', '.join(sorted(found))}")
    return found


def _trusted(modules: list[dict]) -> dict:
    """The environments of GitHub whose workflows may take the role `sync`, by module."""
    return {
        module["address"].removeprefix("module."): set(re.findall(r':environment:([^"]+)', resource["values"]["assume_role_policy"]))
        for module in modules
        for resource in module["resources"]
        if resource["address"].endswith('aws_iam_role.github["sync"]')
    }
