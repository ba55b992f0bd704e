"""Terraform's own format."""

from context import TERRAFORM, Context


def check(context: Context) -> tuple[str, list[str]]:
    files = sorted(context.configuration.glob("**/*.tf*"))
    done = context.run(TERRAFORM, "fmt", "-check", "-recursive", "-diff", "-no-color", str(context.configuration), env={"TF_CLI_CONFIG_FILE": "/dev/null"})
    return f"{len(files)} files", [] if done.returncode == 0 else [done.stdout + done.stderr]
