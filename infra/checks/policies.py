"""The policies against the requests: everything that the program asks of AWS is allowed, and nothing else is.

The requests are stated here, each with the table, topic or secret that it goes to. Then every action of a long list is
tried on every resource, inside a transaction and outside of one, and the answers must be exactly those that are stated.
What the code calls is read from it (operations.py), and must be what is stated.
"""

import fnmatch
import json
import re

import installations
import operations
from context import Context
from provider import ACCOUNT, REGION
from terraform import resources

TABLES = {name: f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/api_health_{name}" for name in ("configs", "states", "history")}
ALERTS = f"arn:aws:sns:{REGION}:{ACCOUNT}:monitorctl-alerts"
OPERATORS = f"arn:aws:sns:{REGION}:{ACCOUNT}:monitorctl-operators"
SECRETS = f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret"
KEY_OF_SECRETS = f"arn:aws:kms:{REGION}:{ACCOUNT}:key/1234abcd-12ab-34cd-56ef-1234567890ab"
KEY_OF_TOPICS = f"arn:aws:kms:{REGION}:{ACCOUNT}:key/mrk-1234abcd12ab34cd56ef1234567890ab"
KEY_ELSEWHERE = f"arn:aws:kms:eu-west-1:{ACCOUNT}:key/5678abcd-12ab-34cd-56ef-1234567890ab"

# Of an action that IAM can only allow for all resources, or for none.
ANYTHING = "*"

# How a request comes: by itself, as a part of a transaction, or through a service that acts for the caller.
ALONE, IN_TRANSACTION = "alone", "in a transaction"
# Or to which partition of the history it goes.
OF_RESULTS, OF_POSITIONS, OF_INCIDENTS = "of results", "of positions", "of incidents"
# Or to which partition of the states.
OF_BEATS, OF_ROWS = "of beats", "of rows"
THROUGH_SSM, THROUGH_SECRETS, THROUGH_S3 = "through SSM", "through Secrets Manager", "through S3"
THROUGH_SNS, THROUGH_SNS_ELSEWHERE = "through SNS", "through SNS of another region"
KEYS = {
    ALONE: {},
    IN_TRANSACTION: {"dynamodb:EnclosingOperation": "TransactWriteItems"},
    OF_RESULTS: {"dynamodb:LeadingKeys": "ledger#0#12"},
    OF_POSITIONS: {"dynamodb:LeadingKeys": "directory#0"},
    OF_INCIDENTS: {"dynamodb:LeadingKeys": "incident#payments-api"},
    OF_BEATS: {"dynamodb:LeadingKeys": "beat#nightly-backup"},
    OF_ROWS: {"dynamodb:LeadingKeys": "0"},
    THROUGH_SSM: {"kms:ViaService": f"ssm.{REGION}.amazonaws.com"},
    THROUGH_SECRETS: {"kms:ViaService": f"secretsmanager.{REGION}.amazonaws.com"},
    THROUGH_S3: {"kms:ViaService": f"s3.{REGION}.amazonaws.com"},
    THROUGH_SNS: {"kms:ViaService": f"sns.{REGION}.amazonaws.com"},
    THROUGH_SNS_ELSEWHERE: {"kms:ViaService": "sns.eu-west-1.amazonaws.com"},
}

# What each command asks for: the action, the resource, and how. A part of a transaction needs the right of the single
# request of its kind; there is no right called TransactWriteItems. PutItem moves the row of a renamed
# monitor; the row that it leaves behind is marked by UpdateItem, so that nothing has to be deleted.
REQUESTS = {
    "check": {
        ("dynamodb:Query", TABLES["configs"], ALONE),
        ("dynamodb:Query", TABLES["states"], ALONE),
        ("dynamodb:GetItem", TABLES["states"], ALONE),
        ("dynamodb:BatchGetItem", TABLES["states"], ALONE),
        ("dynamodb:UpdateItem", TABLES["states"], ALONE),
        ("dynamodb:UpdateItem", TABLES["states"], IN_TRANSACTION),
        ("dynamodb:ConditionCheckItem", TABLES["states"], IN_TRANSACTION),
        ("dynamodb:PutItem", TABLES["states"], IN_TRANSACTION),
        ("dynamodb:Query", TABLES["history"], ALONE),
        ("dynamodb:UpdateItem", TABLES["history"], ALONE),
        ("dynamodb:BatchWriteItem", TABLES["history"], ALONE),
        ("dynamodb:PutItem", TABLES["history"], ALONE),
        ("sns:Publish", ALERTS, ALONE),
    },
    "diff": {
        ("dynamodb:Query", TABLES["configs"], ALONE),
        ("dynamodb:Query", TABLES["history"], OF_RESULTS),
        ("dynamodb:Query", TABLES["history"], OF_POSITIONS),
    },
    "beat": {("dynamodb:UpdateItem", TABLES["states"], OF_BEATS)},
    # `silence` asks for the same as sync: its item lies among the monitors, where check finds it.
    "sync": {("dynamodb:Query", TABLES["configs"], ALONE), ("dynamodb:UpdateItem", TABLES["configs"], IN_TRANSACTION)},
}

# What `check` may do beside that, where an installation names topics, secrets and keys.
NAMED = {
    "largest": {
        ("sns:Publish", f"arn:aws:sns:{REGION}:{ACCOUNT}:payments", ALONE),
        ("sns:Publish", f"arn:aws:sns:eu-west-1:{ACCOUNT}:payments.fifo", ALONE),
        ("ssm:GetParameters", f"arn:aws:ssm:{REGION}:{ACCOUNT}:parameter/prod/payments/token", ALONE),
        ("ssm:GetParameters", f"arn:aws:ssm:{REGION}:{ACCOUNT}:parameter/plain", ALONE),
        ("sts:AssumeRole", "arn:aws:iam::210987654321:role/probes/orders", ALONE),
        # A batch holds only secrets that GetSecretValue is allowed for.
        ("secretsmanager:BatchGetSecretValue", ANYTHING, ALONE),
        ("secretsmanager:GetSecretValue", f"{SECRETS}:payments-AbCdEf", ALONE),
        ("secretsmanager:GetSecretValue", f"{SECRETS}:other-AbCdEf", ALONE),
        ("kms:Decrypt", KEY_OF_SECRETS, THROUGH_SSM),
        ("kms:Decrypt", KEY_OF_SECRETS, THROUGH_SECRETS),
    }
    # A topic encrypts what it takes, with a data key that it asks for in the publisher's name. The regions are those
    # of the keys; a request that names the key of one region and the service of another cannot be.
    | {
        (action, key, through)
        for action in ("kms:Decrypt", "kms:GenerateDataKey")
        for key in (KEY_OF_TOPICS, KEY_ELSEWHERE)
        for through in (THROUGH_SNS, THROUGH_SNS_ELSEWHERE)
    },
}

# Beside all resources of the requests above, each of these is tried too.
STRANGERS = [
    OPERATORS,
    f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/of_another_owner",
    f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/api_health_configs/index/any",
    f"arn:aws:ssm:{REGION}:{ACCOUNT}:parameter/prod/payments/other",
    f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:payments-internal-AbCdEf",
    f"arn:aws:kms:{REGION}:{ACCOUNT}:key/another",
    "arn:aws:s3:::example-tools/another",
    f"arn:aws:iam::{ACCOUNT}:role/admin",
]

# The bucket and the prefix of the status page, of the installations that have one.
PAGES = {
    "largest": (f"arn:aws:s3:::monitorctl-page-{ACCOUNT}-{REGION}", "public"),
    "hidden": (f"arn:aws:s3:::monitorctl-page-{ACCOUNT}-{REGION}", "internal"),
}

# Which of several pages it is, as the option of the machine says it.
PAGE_IDS = {"hidden": "team="}

ACTIONS = {
    "dynamodb": """BatchGetItem BatchWriteItem ConditionCheckItem CreateBackup CreateTable DeleteItem DeleteTable
        DescribeTable GetItem PartiQLDelete PartiQLInsert PartiQLSelect PartiQLUpdate PutItem PutResourcePolicy Query
        Scan UpdateContinuousBackups UpdateItem UpdateTable UpdateTimeToLive""".split(),
    "sns": "AddPermission DeleteTopic ListSubscriptionsByTopic Publish SetTopicAttributes Subscribe Unsubscribe".split(),
    "ssm": "DeleteParameter GetParameter GetParameterHistory GetParameters GetParametersByPath PutParameter SendCommand".split(),
    "secretsmanager": "BatchGetSecretValue DeleteSecret DescribeSecret GetSecretValue ListSecrets PutSecretValue".split(),
    "kms": "Decrypt Encrypt GenerateDataKey".split(),
    "s3": "DeleteObject GetObject ListBucket PutObject".split(),
    "iam": "PassRole PutRolePolicy".split(),
    "sts": "AssumeRole".split(),
}


def check(context: Context) -> tuple[str, list[str]]:
    faults, asked, granted = [], 0, set()
    for name, plan in context.plans.items():
        planned = resources(plan)
        for command, requests in REQUESTS.items():
            policy = json.loads(planned[f"aws_iam_policy.{command}"]["policy"])
            stated = requests | (NAMED.get(name, set()) if command == "check" else set())
            wrong, count = _hold(policy, stated)
            faults += [f"{name}, {command}: {fault}" for fault in wrong]
            asked += count
            granted |= {action for statement in policy["Statement"] for action in statement["Action"]}
        for question in (_beside, _page, _trust, _topics, _subscribers, _machine, _egress, _tables):
            faults += [f"{name}: {fault}" for fault in question(name, planned)]
    faults += operations.check(context, granted)
    return f"{asked} questions to {len(context.plans) * len(REQUESTS)} policies; trust, topics, subscriptions, machine and tables", faults


def _hold(policy: dict, stated: set) -> tuple[list[str], int]:
    """Where the policy says otherwise than what is stated, and how much was asked."""
    faults, asked = [], 0
    everything = {resource for requests in [*REQUESTS.values(), *NAMED.values()] for _, resource, _ in requests} | set(STRANGERS)
    for service, names in ACTIONS.items():
        for action in (f"{service}:{name}" for name in names):
            for resource in sorted(everything):
                for how in KEYS:
                    asked += 1
                    wanted = any((action, *rest) in stated for rest in ((resource, how), (resource, ALONE), (ANYTHING, ALONE)))
                    allowed = _allows(policy, action, resource, KEYS[how])
                    if wanted != allowed:
                        faults.append(f"{action} on {resource}, {how}, is {'allowed' if allowed else 'refused'}")
    known = {f"{service}:{name}" for service, names in ACTIONS.items() for name in names}
    written = {action for statement in policy["Statement"] for action in statement["Action"]}
    faults += [f"{action} is allowed, but is not in the list of actions that are tried" for action in sorted(written - known)]
    return faults, asked


def _allows(policy: dict, action: str, resource: str, keys: dict) -> bool:
    """IAM's answer, for the parts of its language that are used here; any other part is an error."""
    return any(
        statement["Effect"] == "Allow"
        and any(fnmatch.fnmatchcase(action, pattern) for pattern in statement["Action"])
        and any(fnmatch.fnmatchcase(resource, pattern) for pattern in statement["Resource"])
        and all(_holds(operator, wanted, keys) for operator, wanted in statement.get("Condition", {}).items())
        for statement in policy["Statement"]
    )


def _holds(operator: str, wanted: dict, keys: dict) -> bool:
    if operator == "ForAnyValue:StringLike":
        return all(any(fnmatch.fnmatchcase(keys.get(key, ""), pattern) for pattern in values) for key, values in wanted.items())
    if operator not in ("StringEquals", "ForAnyValue:StringEquals"):
        raise ValueError(f"the condition {operator} is not understood here")
    return all(keys.get(key) in values for key, values in wanted.items())


def _beside(name: str, planned: dict) -> list[str]:
    """What the role of the machine has beside `check`."""
    found = {
        address: [(statement["Action"], statement["Resource"]) for statement in json.loads(values["policy"])["Statement"]]
        for address, values in planned.items()
        if address.startswith("aws_iam_role_policy.")
    }
    wanted = {}
    if name != "hidden":
        session = "ssm:UpdateInstanceInformation ssmmessages:CreateControlChannel ssmmessages:CreateDataChannel ssmmessages:OpenControlChannel ssmmessages:OpenDataChannel"
        wanted["aws_iam_role_policy.session[0]"] = [(session.split(), ["*"])]
    if name in ("largest", "hidden"):
        group = f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:/monitorctl/check:*"
        wanted["aws_iam_role_policy.logs[0]"] = [(["logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"], [group])]
    if name == "largest":
        wanted["aws_iam_role_policy.binary[0]"] = [(["s3:GetObject"], ["arn:aws:s3:::example-tools/monitorctl/monitorctl-x86_64"])]
    if name in PAGES:
        bucket, prefix = PAGES[name]
        wanted["aws_iam_role_policy.page[0]"] = [
            (["s3:DeleteObject", "s3:PutObject"], [f"{bucket}/{prefix}/*"]),
            (["s3:GetObject"], [f"{bucket}/{prefix}/days.json", f"{bucket}/{prefix}/index.html", f"{bucket}/{prefix}/manifest.json"]),
            (["s3:ListBucket"], [bucket]),
        ]
    faults = [] if found == wanted else [f"the machine may do more or less than stated: {found}"]
    attached = {values["policy_arn"] for address, values in planned.items() if address.startswith("aws_iam_role_policy_attachment.check")}
    ours = {f"arn:aws:iam::{ACCOUNT}:policy/monitorctl-check"}
    return faults if attached == ours else [*faults, f"the role of the machine has the policies {attached}"]


def _page(name: str, planned: dict) -> list[str]:
    """CloudFront alone reads the bucket of the page, over TLS, and nothing in it is public."""
    buckets = [address for address in planned if address.startswith("aws_s3_bucket.")]
    if name not in PAGES:
        return [f"there is {buckets}, without a page"] if buckets else []
    bucket, prefix = PAGES[name]
    option = f"{PAGE_IDS.get(name, '')}s3://{bucket.removeprefix('arn:aws:s3:::')}/{prefix}"
    runs = re.findall(r"monitorctl check --deadline \d+s(?: --page (\S+))?", planned["aws_instance.machine[0]"]["user_data"])
    block = planned["aws_s3_bucket_public_access_block.page[0]"]
    kinds = ("block_public_acls", "block_public_policy", "ignore_public_acls", "restrict_public_buckets")
    faults = [] if all(block[kind] is True for kind in kinds) else [f"the bucket may be public: {block}"]
    if runs != [option]:
        faults.append(f"the machine runs with the pages {runs}, and not with {option}")
    reads, clear = json.loads(planned["aws_s3_bucket_policy.page[0]"]["policy"])["Statement"]
    distribution = f"arn:aws:cloudfront::{ACCOUNT}:distribution/E2QWRUHAPOMQZL"
    if (reads["Effect"], reads["Principal"], reads["Action"], reads["Resource"], reads["Condition"]) != (
        "Allow",
        {"Service": "cloudfront.amazonaws.com"},
        ["s3:GetObject"],
        [f"{bucket}/{prefix}/*"],
        {"StringEquals": {"AWS:SourceArn": distribution}},
    ):
        faults.append(f"others than CloudFront read the page, or it reads more: {reads}")
    if (clear["Effect"], clear["Principal"], clear["Action"], clear["Condition"]) != ("Deny", "*", ["s3:*"], {"Bool": {"aws:SecureTransport": "false"}}):
        faults.append(f"the bucket answers in clear text: {clear}")
    page = planned["aws_cloudfront_distribution.page[0]"]
    [behaviour], [origin], [certificate] = page["default_cache_behavior"], page["origin"], page["viewer_certificate"]
    if behaviour["viewer_protocol_policy"] != "redirect-to-https" or origin["origin_path"] != f"/{prefix}":
        faults.append("CloudFront answers in clear text, or serves more than the page")
    if page["aliases"] and certificate["minimum_protocol_version"] != "TLSv1.2_2021":
        faults.append("CloudFront speaks an old TLS")
    return faults


def _trust(name: str, planned: dict) -> list[str]:
    """Who may take which role."""
    issuer = "token.actions.githubusercontent.com"
    # Both forms in which GitHub writes a repository, whole: `@*` would let in the next owner of the name.
    runs = {
        "largest": {"diff": "pull_request", "sync": "environment:monitors"},
        "hidden": {"diff": "pull_request", "sync": "ref:refs/heads/main"},
    }.get(name, {})
    subjects = {
        command: [f"repo:{repository}:{run}" for repository in ("acme/api-monitors", "acme@583231/api-monitors@1296269")]
        for command, run in runs.items()
    }
    wanted = {"aws_iam_role.check": ({"Service": "ec2.amazonaws.com"}, "sts:AssumeRole", None)} | {
        f'aws_iam_role.github["{command}"]': (
            {"Federated": f"arn:aws:iam::{ACCOUNT}:oidc-provider/{issuer}"},
            "sts:AssumeRoleWithWebIdentity",
            {"StringEquals": {f"{issuer}:aud": "sts.amazonaws.com", f"{issuer}:sub": subject}},
        )
        for command, subject in subjects.items()
    }
    found = {}
    for address, values in planned.items():
        if address.startswith("aws_iam_role."):
            [statement] = json.loads(values["assume_role_policy"])["Statement"]
            found[address] = (statement["Principal"], statement["Action"], statement.get("Condition"))
    faults = [] if found == wanted else [f"the roles trust {found}"]
    for command in subjects:
        attached = planned[f'aws_iam_role_policy_attachment.github["{command}"]']["policy_arn"]
        if attached != f"arn:aws:iam::{ACCOUNT}:policy/monitorctl-{command}":
            faults.append(f"the role {command} has the policy {attached}")
    return faults


def _topics(name: str, planned: dict) -> list[str]:
    """A topic's own policy lets in exactly one, or else the whole account may publish."""
    faults = []
    wanted = {
        "alerts": ({"AWS": f"arn:aws:iam::{ACCOUNT}:root"}, {"ArnEquals": {"aws:PrincipalArn": f"arn:aws:iam::{ACCOUNT}:role/monitorctl-check"}}),
        "operators": (
            {"Service": "cloudwatch.amazonaws.com"},
            {"ArnLike": {"aws:SourceArn": f"arn:aws:cloudwatch:{REGION}:{ACCOUNT}:alarm:monitorctl-*"}, "StringEquals": {"aws:SourceAccount": ACCOUNT}},
        ),
    }
    for topic, (principal, condition) in wanted.items():
        statements = json.loads(planned[f"aws_sns_topic_policy.{topic}"]["policy"])["Statement"]
        allowed = [(statement["Principal"], statement["Action"], statement.get("Condition")) for statement in statements if statement["Effect"] == "Allow"]
        if allowed != [(principal, "sns:Publish", condition)]:
            faults.append(f"the topic {topic} allows {allowed}")
    return faults


def _subscribers(name: str, planned: dict) -> list[str]:
    """Who hears of alerts, and of what; the alarms go to people alone."""
    found = {
        (values["topic_arn"].rsplit("-", 1)[1], values["protocol"], values["endpoint"], values["filter_policy"], values["raw_message_delivery"])
        for address, values in planned.items()
        if address.startswith("aws_sns_topic_subscription.")
    }
    variables = installations.PLANNED[name]
    mails = [(topic, "email", address) for topic in ("alerts", "operators") for address in variables.get(f"{topic.removesuffix('s')}_emails") or variables["alert_emails"]]
    wanted = {(*mail, None, None) for mail in mails} | {
        ("alerts", one["protocol"], one["endpoint"], json.dumps(one["filter"], separators=(",", ":"), sort_keys=True) if one.get("filter") else None, one.get("raw"))
        for one in variables.get("subscriptions", [])
    }
    return [] if found == wanted else [f"subscriptions differ in {sorted(found ^ wanted, key=str)}"]


def _machine(name: str, planned: dict) -> list[str]:
    machines = [values for address, values in planned.items() if address.startswith("aws_instance.machine")]
    faults = [] if len(machines) == (2 if name in ("largest", "hidden") else 1) else [f"there are {len(machines)} machines"]
    if len({machine["subnet_id"] for machine in machines}) != len(machines):
        faults.append("machines share a subnet")
    for machine in machines:
        [metadata], [volume] = machine["metadata_options"], machine["root_block_device"]
        if (metadata["http_tokens"], metadata["http_put_response_hop_limit"]) != ("required", 1):
            faults.append("the metadata service answers without a token, or over a hop")
        if volume["encrypted"] is not True:
            faults.append("the volume is not encrypted")
    inbound = {values["cidr_ipv4"] for address, values in planned.items() if "ingress_rule" in address}
    if inbound != ({"198.51.100.7/32"} if name == "largest" else set()):
        faults.append(f"inbound is open for {inbound}")
    return faults


def _egress(name: str, planned: dict) -> list[str]:
    """TCP and pings to everywhere, and UDP to name servers alone."""
    found = {
        (values["ip_protocol"], values["from_port"], values["to_port"], values["cidr_ipv4"] or values["cidr_ipv6"])
        for address, values in planned.items()
        if "egress_rule" in address
    }
    wanted = {("tcp", 1, 65535, everywhere) for everywhere in ("0.0.0.0/0", "::/0")}
    wanted |= {("icmp", 8, 0, "0.0.0.0/0"), ("icmpv6", 128, 0, "::/0")}
    if name == "largest":
        wanted |= {(protocol, 53, 53, server) for protocol in ("udp", "tcp") for server in ("10.20.0.53/32", "fd00::53/128")}
    return [] if found == wanted else [f"outbound is {found}"]


def _tables(name: str, planned: dict) -> list[str]:
    faults = []
    keys = {"configs": ("shard", "monitor"), "states": ("shard", "monitor"), "history": ("series", "at")}
    for table, key in keys.items():
        values = planned[f"aws_dynamodb_table.{table}"]
        if (values["hash_key"], values["range_key"]) != key or values["billing_mode"] != "PAY_PER_REQUEST":
            faults.append(f"{table} has another key, or pays otherwise")
        if not (values["deletion_protection_enabled"] and values["point_in_time_recovery"][0]["enabled"] and values["server_side_encryption"][0]["enabled"]):
            faults.append(f"{table} is not protected, recoverable and encrypted")
        expires = [ttl["attribute_name"] for ttl in values["ttl"] if ttl["enabled"]]
        if expires != ([] if table == "states" else ["expires"]):
            faults.append(f"{table} expires by {expires}")
    return faults
