"""Plants a fault for each check in a copy of the repository, and sees that exactly this check finds it."""

import shutil
import tempfile
from pathlib import Path

from context import Context

TERRAFORM = "infra/terraform"
MODULE = f"{TERRAFORM}/module"
SERVICE = f"{MODULE}/templates/monitorctl.service.tftpl"
WORKFLOW = ".github/workflows/monitors.yml"
RELEASE = ".github/workflows/release.yml"

# The check, the file, its text, the planted text, and words of the finding.
FAULTS = [
    ("format", f"{MODULE}/sns.tf", "  name              =", "  name =", "sns.tf"),
    ("terraform", f"{MODULE}/dynamodb.tf", "billing_mode ", "biling_mode ", "Unsupported argument"),
    ("terraform", f"{MODULE}/dynamodb.tf", "  ttl {", "  time_to_live {", "Unsupported block type"),
    ("terraform", f"{MODULE}/ec2.tf", '"aws_eip" "machine"', '"aws_elastic_ip" "machine"', "Invalid resource type"),
    ("terraform", f"{MODULE}/alarms.tf", "  alarm_name        = \"${var.name}-dead-man\"\n", "", "Missing required argument"),
    ("terraform", f"{MODULE}/alarms.tf", "threshold           = 1", "threshold           = \"one\"", "a number is required"),
    ("terraform", f"{MODULE}/variables.tf", ' && !endswith(cidr, "/0")', "", "SSH from everywhere: was planned"),
    ("terraform", f"{MODULE}/variables.tf", '(split("", binary.sha256))) != 1', '(split("", binary.sha256))) != 0', "the example as it comes: was planned"),
    ("terraform", f"{MODULE}/ec2.tf", "length(self.ids) > 0", "length(self.ids) >= 0", "no default VPC: was refused for another reason"),
    ("terraform", f"{MODULE}/versions.tf", 'data "aws_region"', 'provider "aws" {\n  region = "eu-central-1"\n}\n\ndata "aws_region"', "versions.tf has a provider block"),
    ("terraform", f"{TERRAFORM}/main.tf", "  static_ip           = var.static_ip\n", "", "static_ip of the module"),
    ("terraform", f"{TERRAFORM}/terraform.tfvars.example", "alert_emails =", "alert_email  =", "terraform.tfvars.example"),
    ("terraform", f"{TERRAFORM}/examples/environments/main.tf", '"monitorctl-staging"', '"monitorctl-prod"', "both environments make"),
    ("terraform", f"{TERRAFORM}/examples/environments/main.tf", 'environment     = "monitors-staging"', 'environment     = "monitors-prod"', "the roles of sync trust"),
    ("terraform", f"{TERRAFORM}/examples/chat/main.tf", "policy/AWSDenyAll", "policy/AdministratorAccess", "may do more than read"),
    ("terraform", f"{TERRAFORM}/examples/chat/main.tf", "module.monitorctl.topic_arn } }", "module.monitorctl.operators_topic_arn } }", "the queue lets in"),
    ("terraform", f"{TERRAFORM}/README.md", "| `static_ip` |", "| `fixed_ip` |", "differ in fixed_ip, static_ip"),
    ("policies", f"{MODULE}/iam.tf", '"dynamodb:GetItem", "dynamodb:Query", "dynamodb:UpdateItem"', '"dynamodb:GetItem", "dynamodb:Query", "dynamodb:Scan", "dynamodb:UpdateItem"', "dynamodb:Scan"),
    ("policies", f"{MODULE}/iam.tf", '"dynamodb:ConditionCheckItem", "dynamodb:PutItem"', '"dynamodb:PutItem"', "ConditionCheckItem on"),
    ("policies", f"{MODULE}/iam.tf", '"directory#*", "ledger#*"', '"*"', "of incidents, is allowed"),
    ("policies", f"{MODULE}/iam.tf", '["beat#*"]', '["*"]', "of rows, is allowed"),
    ("policies", f"{MODULE}/iam.tf", 'diff = "pull_request"', 'diff = "*"', "the roles trust"),
    ("policies", f"{MODULE}/iam.tf", 'split("/", var.github.repository)[1], var.github.repository_id,', 'split("/", var.github.repository)[1], "*",', "the roles trust"),
    ("policies", f"{MODULE}/iam.tf", "    var.github.repository,\n    format(", "    format(", "the roles trust"),
    ("policies", f"{MODULE}/ec2.tf", 'setproduct(["udp", "tcp"]', 'setproduct(["tcp"]', "outbound is"),
    ("policies", f"{MODULE}/sns.tf", "        Condition = { ArnEquals = { \"aws:PrincipalArn\" = aws_iam_role.check.arn } }\n", "", "the topic alerts allows"),
    ("policies", f"{MODULE}/ec2.tf", "http_put_response_hop_limit = 1", "http_put_response_hop_limit = 2", "over a hop"),
    ("policies", f"{MODULE}/sns.tf", "  filter_policy        = length(each.value.filter) > 0 ? jsonencode(each.value.filter) : null\n", "", "subscriptions differ in"),
    ("policies", "src/store/connection.rs", "        self.client\n            .query()", "        self.client\n            .scan()", "connection.rs calls dynamodb:Scan"),
    ("policies", "src/secrets/secrets_manager.rs", "client.get_secret_value()", "client.describe_secret()", "no policy grants secretsmanager:DescribeSecret"),
    ("policies", "src/secrets/parameters.rs", "client.get_parameters()", "client.get_parameters_of_tomorrow()", "no policy grants get_parameters_of_tomorrow"),
    ("policies", "src/deliver/sns.rs", "        .publish()", "        .publish_batch()", "no policy grants sns:PublishBatch"),
    ("policies", "src/deliver/sns.rs", "        .publish()", "        .publish_batch()", "sns:Publish is granted, and nothing in src/ calls it"),
    ("policies", "src/aws/identity.rs", "client.get_caller_identity()", "client.get_session_token()", "no policy grants sts:GetSessionToken"),
    ("policies", "src/store/description.rs", "client.describe_table()", "client.list_tables()", "no policy grants dynamodb:ListTables"),
    ("policies", f"{MODULE}/iam.tf", '"secretsmanager:BatchGetSecretValue"', '"secretsmanager:GetSecretValue"', "no policy grants secretsmanager:BatchGetSecretValue"),
    ("policies", f"{MODULE}/iam.tf", '"kms:Decrypt", "kms:GenerateDataKey"', '"kms:Decrypt"', "kms:GenerateDataKey on"),
    ("policies", f"{MODULE}/iam.tf", '"sns.${split(":", arn)[3]}.', '"sns.${local.region}.', "through SNS of another region, is refused"),
    ("policies", f"{MODULE}/page.tf", "/${file}\"]", "/*\"]", "the machine may do more or less"),
    ("policies", f"{MODULE}/page.tf", '"AWS:SourceArn" = aws_cloudfront_distribution.page[0].arn', '"AWS:SourceArn" = "*"', "others than CloudFront read the page"),
    ("policies", f"{MODULE}/page.tf", '" --page ${local.page_id}', '" --page x${local.page_id}', "the machine runs with the pages"),
    ("policies", f"{MODULE}/page.tf", "restrict_public_buckets = true", "restrict_public_buckets = false", "the bucket may be public"),
    ("alarms", f"{MODULE}/alarms.tf", "TableName = aws_dynamodb_table.history.name", "TableName = aws_dynamodb_table.states.name", "the dead-man alarm watches"),
    ("alarms", f"{MODULE}/alarms.tf", 'treat_missing_data  = "breaching"', 'treat_missing_data  = "missing"', "takes silence for a good sign"),
    ("alarms", f"{MODULE}/alarms.tf", "alerts = aws_sns_topic.alerts.name, ", "", "alarms on AWS differ"),
    ("alarms", "src/report/log.rs", '"Failed", "Count"', '"Failures", "Count"', "log.rs does not write Failed"),
    ("alarms", "src/report/log.rs", '"PendingAge", "Seconds"', '"AgeOfPending", "Seconds"', "log.rs does not write PendingAge"),
    ("scripts", f"{MODULE}/templates/user-data.sh.tftpl", '"$${packages[@]}"', "$packages", "SC2"),
    ("scripts", f"{MODULE}/templates/user-data.sh.tftpl", "sha256sum --check --strict --status", "cat >/dev/null", "another checksum was taken"),
    ("scripts", f"{MODULE}/templates/run.sh.tftpl", "unset HTTP_PROXY", "unset", "a run sees ['HTTP_PROXY']"),
    ("scripts", f"{MODULE}/templates/run.sh.tftpl", ">/dev/null 2>>", ">>/var/log/monitorctl/check.log 2>>", "the log holds"),
    ("services", SERVICE, "ProtectSystem=strict", "ProtectSystem=sometimes", "Failed to parse"),
    ("services", SERVICE, "SystemCallFilter=@system-service\nSystemCallFilter=~@privileged @resources\n", "", "the exposure is"),
    ("services", SERVICE, "TimeoutStartSec=${timeout_seconds}s", "TimeoutStartSec=600s", "do not fit"),
    ("services", SERVICE, " https_proxy all_proxy", " all_proxy", "https_proxy"),
    ("checkov", f"{MODULE}/dynamodb.tf", "  point_in_time_recovery {\n    enabled = true", "  point_in_time_recovery {\n    enabled = false", "CKV_AWS_28"),
    ("checkov", f"{MODULE}/sns.tf", "checkov:skip=CKV_AWS_26: CloudWatch cannot publish to a topic under the key that AWS manages, and the message holds nothing but the name of an alarm", "checkov:skip=CKV_AWS_26", "does not say why"),
    ("workflows", WORKFLOW, "needs: validate", "needs: validates", "validates"),
    ("workflows", WORKFLOW, '--format github "$MONITORS"', "--format github $MONITORS", "SC2086"),
    ("workflows", WORKFLOW, 'validate --format github "$MONITORS"', "validate ${{ inputs.monitors }}", "an expression inside a script"),
    ("workflows", WORKFLOW, "${{ inputs.monitors || 'monitors' }}", "${{ inputs.monitors }}", "the input monitors is used without its default"),
    ("workflows", WORKFLOW, "actions/checkout@08c6903cd8c0fde910a37f88322edcfb5dd907a8", "actions/checkout@v5", "is not pinned"),
    ("workflows", WORKFLOW, "          persist-credentials: false\n", "", "artipacked"),
    ("workflows", ".github/workflows/ci.yml", "permissions: {}", "permissions: write-all", "does not begin with"),
    ("workflows", RELEASE, "sort --version-sort", "sort", "a release of v0.10.0"),
    ("workflows", RELEASE, " --field force=true", "", "a release of v0.2.0"),
    ("workflows", RELEASE, "--line-regexp --fixed-strings", "--fixed-strings", "a release of v0.1.0"),
    ("workflows", RELEASE, "if: ${{ !contains(github.ref_name, '-') }}", "if: ${{ github.ref_name != 'main' }}", "a pre-release moves"),
    ("workflows", "docs/examples/monitors.yml", "monitors.yml@v0", "monitors.yml@v1", "monitors.yml names v1, and a release moves v0"),
    ("workflows", ".github/dependabot.yml", "      - /infra/terraform/module\n", "", "does not see terraform in /infra/terraform/module"),
    ("workflows", ".github/dependabot.yml", "/infra/checks", "/infra/tools", "nothing of that kind"),
    ("workflows", "action.yml", '"$folder/monitorctl" --version', "$folder/monitorctl --version", "SC2086"),
]


def prove(context: Context, checks: dict) -> int:
    missed = 0
    for check, file, old, new, words in FAULTS:
        with tempfile.TemporaryDirectory() as folder:
            root = Path(folder) / "repository"
            copy(context.root, root)
            path = root / file
            text = path.read_text()
            if old not in text:
                print(f"FAIL {check}: {file} no longer holds {old!r}, where the fault was to be planted")
                missed += 1
                continue
            path.write_text(text.replace(old, new, 1))
            try:
                _, faults = checks[check](context.of(root))
            except Exception as broken:  # a check that breaks also stops a change
                faults = [str(broken)]
        found = any(words in fault for fault in faults)
        missed += not found
        print(f"{'ok  ' if found else 'FAIL'} {check}: {file}: {new.strip()[:60]!r} {'is found' if found else f'is not found: {faults}'}")
    untried = set(checks) - {fault[0] for fault in FAULTS}
    print(f"{len(FAULTS) - missed} of {len(FAULTS)} planted faults are found" + (f"; none is planted for {untried}" if untried else ""))
    return 1 if missed or untried else 0


def copy(source: Path, target: Path) -> None:
    """What is checked, as a repository of its own."""
    for part in ("infra", ".github", "docs", "src", "tests/support", "Cargo.toml", "action.yml"):
        if (source / part).is_dir():
            shutil.copytree(source / part, target / part)
        elif (source / part).exists():
            shutil.copy(source / part, target / part)
    (target / ".git").mkdir()
