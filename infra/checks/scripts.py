"""The scripts of the machine, as they arrive there: shellcheck reads them, and each runs once with everything dangerous
replaced: a first boot that succeeds, one with a wrong binary, and a run of cron."""

import hashlib
import json
import os
import re
import tempfile
from pathlib import Path

from context import Context
from terraform import resources

HEREDOC = re.compile(r"^cat >(\S+) <<'END_OF_FILE'\n(.*?)^END_OF_FILE$", re.S | re.M)
PROXIES = "HTTP_PROXY HTTPS_PROXY ALL_PROXY NO_PROXY http_proxy https_proxy all_proxy no_proxy".split()
# The limit of EC2 on user data, before it is encoded.
USER_DATA = 16 * 1024

# Optional checks that are a matter of taste: braces around every variable, [[ for [, and what `set -e` skips.
STYLE = "SC2250,SC2292,SC2310,SC2312"

RUN = "/usr/local/libexec/monitorctl-run"


def boots(context: Context) -> dict[str, str]:
    """The script of the first boot, by installation."""
    return {name: resources(plan)["aws_instance.machine[0]"]["user_data"] for name, plan in context.plans.items()}


def files(script: str) -> dict[str, str]:
    """The files that it writes."""
    return dict(HEREDOC.findall(script))


def check(context: Context) -> tuple[str, list[str]]:
    faults, linted, ran = [], 0, 0
    for name, script in boots(context).items():
        if len(script.encode()) > USER_DATA:
            faults.append(f"{name}: {len(script)} bytes are more than EC2 takes")
        written = files(script)
        for path, text in {"user data": script, **{path: text for path, text in written.items() if text.startswith("#!")}}.items():
            linted += 1
            done = context.run(context.tool("shellcheck"), "--enable=all", f"--exclude={STYLE}", "-", input=text)
            if done.returncode != 0:
                faults.append(f"{name}, {path}: {done.stdout}{done.stderr}")
        for path, text in written.items():
            faults += [f"{name}, {path}: {fault}" for fault in _read(path, text)]
        boot_faults, count = _boot(context, script)
        faults += [f"{name}: {fault}" for fault in boot_faults]
        ran += count
    faults += [f"the bash scripts of the repository: {fault}" for fault in _own(context)]
    return f"{linted} rendered scripts pass shellcheck, its optional checks included; {ran} dry boots and runs", faults


def _own(context: Context) -> list[str]:
    done = context.run(context.tool("shellcheck"), "infra/check")
    return [] if done.returncode == 0 else [done.stdout + done.stderr]


def _read(path: str, text: str) -> list[str]:
    """A file of another kind, read as its reader would."""
    if not text.endswith("\n"):
        return ["the last line has no end, and cron would not read it"]
    if path.endswith(".json"):
        json.loads(text)
    if path == "/etc/monitorctl/environment":
        return [f"line {line!r} is not NAME=value" for line in text.splitlines() if not re.fullmatch(r"[A-Z_]+=[A-Za-z0-9_.,:/*-]+", line)]
    if path == "/etc/cron.d/monitorctl":
        jobs = [line for line in text.splitlines() if re.match(r"[*0-9]", line)]
        good = len(jobs) == 1 and re.fullmatch(rf"\*/\d+ \* \* \* \* monitorctl {RUN}", jobs[0])
        return [] if good else [f"the jobs are {jobs}"]
    return []


# What a boot calls, with nothing behind it. `curl` and `aws` bring the file that the test put there.
STUBS = {
    "dnf": "exit 0",
    "systemctl": 'echo "systemctl $*" >>"$MACHINE/calls"',
    "useradd": "exit 0",
    "sysctl": "exit 0",
    "curl": 'while [ "$1" != --output ]; do shift; done; cp "$MACHINE/offered" "$2"',
    "aws": 'while [ "$#" -gt 1 ]; do shift; done; cp "$MACHINE/offered" "$1"',
    "install": """arguments=()
while [ "$#" -gt 0 ]; do
  case $1 in --owner | --group) shift ;; *) arguments+=("$1") ;; esac
  shift
done
/usr/bin/install "${arguments[@]}" """,
    "logger": 'echo "logger $*" >>"$MACHINE/calls"',
    "sleep": "exit 0",
}

PROGRAM = """#!/bin/bash
echo "$*" >>"$MACHINE/ran"
env >"$MACHINE/seen"
echo report
echo '{"log":"line"}' >&2
exit "${EXIT:-0}"
"""


def _boot(context: Context, script: str) -> tuple[list[str], int]:
    faults, count = [], 0
    with tempfile.TemporaryDirectory() as folder:
        machine = Path(folder)
        stubs = machine / "stubs"
        stubs.mkdir()
        for name, text in STUBS.items():
            (stubs / name).write_text(f"#!/bin/bash\n{text}\n")
            (stubs / name).chmod(0o755)
        for path in ("etc/logrotate.d", "etc/sysctl.d", "etc/cron.d", "etc/systemd/system", "var/log", "usr/local/bin", "opt/aws/amazon-cloudwatch-agent/etc", "opt/aws/amazon-cloudwatch-agent/bin"):
            (machine / path).mkdir(parents=True)
        agent = machine / "opt/aws/amazon-cloudwatch-agent/bin/amazon-cloudwatch-agent-ctl"
        agent.write_text("#!/bin/bash\n")
        agent.chmod(0o755)
        (machine / "offered").write_text(PROGRAM)
        digest = hashlib.sha256(PROGRAM.encode()).hexdigest()

        def moved(text: str) -> str:
            """The script with the folders of the sandbox in place of this machine's."""
            return re.sub(r"(?<![\w./-])/(etc|var/log|usr/local|opt/aws)(?=/)", rf"{machine}/\1", text)

        def run(text: str, **environment: str):
            path = f"{stubs}:{os.environ['PATH']}"
            return context.run("bash", "-c", moved(text), env={"PATH": path, "MACHINE": str(machine), **environment}, cwd=machine)

        program = machine / "usr/local/bin/monitorctl"
        # A binary that is not the one that was asked for: nothing is installed, nothing starts.
        count += 1
        done = run(script)
        if done.returncode == 0 or program.exists() or (machine / "calls").exists():
            faults.append("a binary with another checksum was taken")
        # The right one.
        count += 1
        script = re.sub(r"\b[0-9a-f]{64}\b", digest, script)
        done = run(script)
        calls = (machine / "calls").read_text() if (machine / "calls").exists() else ""
        starts = "monitorctl.timer" if "monitorctl.timer" in script else "crond.service"
        if done.returncode != 0 or not program.exists() or f"enable --now {starts}" not in calls:
            return [*faults, f"the first boot ended with {done.returncode}: {done.stderr}"], count
        runner = files(script).get(RUN)
        if runner:
            for code, is_logged in (("0", False), ("4", False), ("7", True)):
                count += 1
                (machine / "calls").write_text("")
                done = run(runner, EXIT=code, **{name: "http://proxy.invalid" for name in PROXIES})
                faults += _cron(machine, done, code, is_logged)
    return faults, count


def _cron(machine: Path, done, code: str, is_logged: bool) -> list[str]:
    faults = []
    if done.returncode != int(code) or done.stdout or done.stderr:
        faults.append(f"a run that exits {code} ends with {done.returncode} and says {done.stdout}{done.stderr}")
    if ("logger" in (machine / "calls").read_text()) != is_logged:
        faults.append(f"exit code {code} is {'not ' if is_logged else ''}in the journal")
    seen = dict(line.split("=", 1) for line in (machine / "seen").read_text().splitlines() if "=" in line)
    if left := [name for name in PROXIES if name in seen]:
        faults.append(f"a run sees {left}")
    if missing := [name for name in ("DDB_STATE_TABLE", "SNS_TOPIC_ARN", "MONITORCTL_LOG") if name not in seen]:
        faults.append(f"a run does not see {missing}")
    log = (machine / "var/log/monitorctl/check.log").read_text()
    if '{"log":"line"}' not in log or "report" in log:
        faults.append(f"the log holds {log!r}")
    return faults
