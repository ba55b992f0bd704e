"""Installations that must plan, and settings that must be refused."""

DIGEST = "5e" * 32

SMALLEST = {
    "region": "eu-central-1",
    "alert_emails": ["oncall@example.com"],
    "binary": {
        "arm64": {"url": "https://downloads.example.com/monitorctl-aarch64", "sha256": DIGEST},
        "x86_64": {"url": "s3://example-tools/monitorctl/monitorctl-x86_64", "sha256": DIGEST},
    },
}

CERTIFICATE = "arn:aws:acm:us-east-1:123456789012:certificate/1234abcd-12ab-34cd-56ef-1234567890ab"

REPOSITORY = {"repository": "acme/api-monitors", "owner_id": "583231", "repository_id": "1296269"}

PLANNED = {
    "smallest": SMALLEST,
    "systemd": {**SMALLEST, "scheduler": "systemd", "allow_cidrs": ["10.20.0.0/16", "fd00::/8"]},
    "largest": {
        **SMALLEST,
        "architecture": "x86_64",
        "instance_count": 2,
        "static_ip": True,
        "ssh_cidrs": ["198.51.100.7/32"],
        "ssh_key_name": "oncall",
        "scheduler": "systemd",
        "period_minutes": 5,
        "cloudwatch_logs": True,
        "operator_emails": ["platform@example.com"],
        "subscriptions": [
            {"protocol": "email", "endpoint": "shop@example.com", "filter": {"team": ["shop"], "severity": ["critical", "warning"]}},
            {"protocol": "email-json", "endpoint": "robot@example.com"},
            {"protocol": "sms", "endpoint": "+491701234567", "filter": {"severity": ["critical"]}},
            {"protocol": "https", "endpoint": "https://pager.example.com/sns?team=shop", "raw": True},
            {"protocol": "sqs", "endpoint": "arn:aws:sqs:eu-central-1:123456789012:alerts", "raw": True},
            {"protocol": "lambda", "endpoint": "arn:aws:lambda:eu-central-1:123456789012:function:alerts:live"},
            {"protocol": "application", "endpoint": "arn:aws:sns:eu-central-1:123456789012:endpoint/GCM/oncall/5e3e9847-3183-3f18-a7e8-671c3a57d4b3"},
        ],
        "secret_variables": ["PAYMENTS_TOKEN", "SHOP_*"],
        "proxies": ["http://proxy.internal:3128"],
        "probe_roles": ["arn:aws:iam::210987654321:role/probes/orders"],
        "file_folders": ["/etc/ssl/probes"],
        "secret_parameters": ["/prod/payments/token", "plain"],
        "secret_ids": ["payments", "arn:aws:secretsmanager:eu-central-1:123456789012:secret:other-AbCdEf"],
        "topic_arns": ["arn:aws:sns:eu-central-1:123456789012:payments", "arn:aws:sns:eu-west-1:123456789012:payments.fifo"],
        "topic_kms_key_arns": [
            "arn:aws:kms:eu-central-1:123456789012:key/mrk-1234abcd12ab34cd56ef1234567890ab",
            "arn:aws:kms:eu-west-1:123456789012:key/5678abcd-12ab-34cd-56ef-1234567890ab",
        ],
        "secret_kms_key_arns": ["arn:aws:kms:eu-central-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"],
        "github": {**REPOSITORY, "environment": "monitors"},
        "dns_cidrs": ["10.20.0.53/32", "fd00::53/128"],
        "status_page": {"domains": ["status.example.com"], "certificate_arn": CERTIFICATE},
    },
    "hidden": {
        **SMALLEST,
        "alert_emails": [],
        "operator_emails": ["platform@example.com"],
        "subscriptions": [{"protocol": "sqs", "endpoint": "arn:aws:sqs:eu-central-1:123456789012:alerts"}],
        "subnet_ids": ["subnet-b-own", "subnet-a-own"],
        "instance_count": 2,
        "public_ip": False,
        "status_page": {"prefix": "internal", "page": "team"},
        "session_manager": False,
        "cloudwatch_logs": True,
        "period_minutes": 1,
        "github": {**REPOSITORY, "create_provider": False},
    },
}

# A name, the variables, and words that the refusal must hold.
REFUSED = [
    ("SSH from everywhere", {**SMALLEST, "ssh_cidrs": ["0.0.0.0/0"], "ssh_key_name": "k"}, "never the whole internet"),
    ("SSH without a key", {**SMALLEST, "ssh_cidrs": ["198.51.100.7/32"]}, "no one can log in without ssh_key_name"),
    ("two machines in one zone", {**SMALLEST, "instance_count": 2, "subnet_ids": ["subnet-a-own", "subnet-a-own2"]}, "share a zone"),
    ("fewer subnets than machines", {**SMALLEST, "instance_count": 2, "subnet_ids": ["subnet-a-own"]}, "fewer subnets than machines"),
    ("subnets of two VPCs", {**SMALLEST, "instance_count": 2, "subnet_ids": ["subnet-a-own", "subnet-b-other"]}, "different VPCs"),
    ("three machines", {**SMALLEST, "instance_count": 3}, "1 or 2 machines"),
    ("no binary for the machine", {**SMALLEST, "binary": {"x86_64": SMALLEST["binary"]["x86_64"]}}, "no binary for the architecture"),
    ("a plain http binary", {**SMALLEST, "binary": {"arm64": {"url": "http://example.com/m", "sha256": DIGEST}}}, "begins with https:// or s3://"),
    ("a shell in the url", {**SMALLEST, "binary": {"arm64": {"url": "https://example.com/'; reboot #", "sha256": DIGEST}}}, "begins with https:// or s3://"),
    ("no checksum", {**SMALLEST, "binary": {"arm64": {"url": "https://example.com/m", "sha256": ""}}}, "64 digits"),
    ("any variable", {**SMALLEST, "secret_variables": ["*"]}, "the name of a variable"),
    ("a proxy with a password", {**SMALLEST, "proxies": ["http://me:pw@proxy.internal:3128"]}, "without user and password"),
    ("any role", {**SMALLEST, "probe_roles": ["arn:aws:iam::210987654321:role/*"]}, "wildcards are not allowed"),
    ("a folder that leads upwards", {**SMALLEST, "file_folders": ["/etc/../root"]}, "an absolute path of a folder"),
    ("any parameter", {**SMALLEST, "secret_parameters": ["/prod/*"]}, "wildcards are not allowed"),
    ("any secret", {**SMALLEST, "secret_ids": ["*"]}, "wildcards are not allowed"),
    ("an alias for a topic's key", {**SMALLEST, "topic_kms_key_arns": ["arn:aws:kms:eu-central-1:123456789012:alias/topics"]}, "not of an alias"),
    ("an alias for a secret's key", {**SMALLEST, "secret_kms_key_arns": ["alias/secrets"]}, "not of an alias"),
    ("any branch", {**SMALLEST, "github": {**REPOSITORY, "branch": "*"}}, "no wildcard"),
    ("any repository", {**SMALLEST, "github": {**REPOSITORY, "repository": "acme/*"}}, "no wildcard"),
    ("any owner of the name", {**SMALLEST, "github": {**REPOSITORY, "owner_id": "*"}}, "are the numbers"),
    ("any repository of the name", {**SMALLEST, "github": {**REPOSITORY, "repository_id": ""}}, "are the numbers"),
    ("a repository without its numbers", {**SMALLEST, "github": {"repository": "acme/api-monitors"}}, "attributes \"owner_id\" and \"repository_id\" are required"),
    ("a checksum of one digit", {**SMALLEST, "binary": {"arm64": {"url": "https://example.com/m", "sha256": "f" * 64}}}, "is a placeholder"),
    ("a name server by name", {**SMALLEST, "dns_cidrs": ["ns.example.com"]}, "Each of dns_cidrs is a network"),
    ("a period that does not divide an hour", {**SMALLEST, "period_minutes": 7}, "one period apart"),
    ("a static address that is not public", {**SMALLEST, "static_ip": True, "public_ip": False}, "set public_ip too"),
    ("a shell in a table's name", {**SMALLEST, "state_table": "x$(reboot)"}, "A table's name"),
    ("no address at all", {**SMALLEST, "alert_emails": []}, "no one would hear that monitorctl itself failed"),
    ("alerts over plain http", {**SMALLEST, "subscriptions": [{"protocol": "http", "endpoint": "http://example.com/"}]}, "The protocol of a subscription is"),
    ("a plain URL as https", {**SMALLEST, "subscriptions": [{"protocol": "https", "endpoint": "http://example.com/"}]}, "does not fit its protocol"),
    ("a number without its country", {**SMALLEST, "subscriptions": [{"protocol": "sms", "endpoint": "01701234567"}]}, "does not fit its protocol"),
    ("the URL of a queue", {**SMALLEST, "subscriptions": [{"protocol": "sqs", "endpoint": "https://sqs.eu-central-1.amazonaws.com/1/alerts"}]}, "does not fit its protocol"),
    ("a filter by what is no attribute", {**SMALLEST, "subscriptions": [{"protocol": "sms", "endpoint": "+491701234567", "filter": {"severty": ["critical"]}}]}, "takes environment, severity, team, group and health"),
    ("a raw text message", {**SMALLEST, "subscriptions": [{"protocol": "sms", "endpoint": "+491701234567", "raw": True}]}, "can be raw"),
    ("an address twice", {**SMALLEST, "subscriptions": [{"protocol": "email", "endpoint": "oncall@example.com"}]}, "is there twice"),
    ("a page in the whole bucket", {**SMALLEST, "status_page": {"prefix": ""}}, "The prefix of status_page"),
    ("a page above its prefix", {**SMALLEST, "status_page": {"prefix": "../other"}}, "The prefix of status_page"),
    ("a shell in the id of a page", {**SMALLEST, "status_page": {"page": "a; reboot"}}, "The page of status_page"),
    ("a domain without a certificate", {**SMALLEST, "status_page": {"domains": ["status.example.com"]}}, "need a certificate_arn"),
    ("a certificate of another region", {**SMALLEST, "status_page": {"domains": ["status.example.com"], "certificate_arn": CERTIFICATE.replace("us-east-1", "eu-central-1")}}, "in us-east-1, where CloudFront looks for it"),
    ("a mail address that is none", {**SMALLEST, "alert_emails": ["oncall"]}, "is one address"),
]

# An account that lacks something: what its data sources answer, and words that the refusal must hold.
ELSEWHERE = [
    ("no default VPC", {"aws_subnets": {"ids": []}}, "There is no default subnet in eu-central-1"),
    ("a type that the region does not have", {"aws_ec2_instance_type_offerings": {"locations": []}}, "No zone of eu-central-1 has the instance type t4g.micro"),
]
