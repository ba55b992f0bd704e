# The rights. Four policies with separate tasks: `check` runs the monitors, `diff` shows the changes of a pull request,
# `sync` applies them, and `beat` is for programs that say how they are. Each allows the requests that its command makes
# (src/) and no other. infra/check compares them with the list of these requests.
#
# No policy has Scan, CreateTable, DeleteTable or DeleteItem. A run queries its shard, Terraform makes the tables, and
# tombstones and old results expire by their time to live.
#
# `dynamodb:LeadingKeys` does not help with monitors: they share the partition "0", and the owner of an item is part of the
# sort key, which no condition can see. It separates results from incidents in the history, and beats from everything else
# in the states. `dynamodb:EnclosingOperation` does help: the policies allow a write only inside a transaction if the
# protocol makes it only there, under a fence or the head of the catalog.

locals {
  configs = aws_dynamodb_table.configs.arn
  states  = aws_dynamodb_table.states.arn
  history = aws_dynamodb_table.history.arn

  only_in_transactions = {
    "ForAnyValue:StringEquals" = { "dynamodb:EnclosingOperation" = ["TransactWriteItems"] }
  }

  parameter_arns = [
    for name in var.secret_parameters :
    "arn:${local.partition}:ssm:${local.region}:${local.account}:parameter/${trimprefix(name, "/")}"
  ]

  # Secrets Manager appends six random characters to a name; `??????` matches exactly these.
  secret_arns = [
    for id in var.secret_ids :
    startswith(id, "arn:") ? id : "arn:${local.partition}:secretsmanager:${local.region}:${local.account}:secret:${id}-??????"
  ]

  binary_in_s3 = startswith(local.binary.url, "s3://")

  # These statements exist only if the variable has a value: an empty list of resources is no valid policy.
  secret_statements = concat(
    length(local.parameter_arns) == 0 ? [] : [{
      Sid      = "ReadTheNamedParameters"
      Effect   = "Allow"
      Action   = ["ssm:GetParameters"]
      Resource = local.parameter_arns
    }],
    length(local.secret_arns) == 0 ? [] : [{
      Sid      = "ReadTheNamedSecrets"
      Effect   = "Allow"
      Action   = ["secretsmanager:GetSecretValue"]
      Resource = local.secret_arns
    }],
    # The right to a batch has no resources, and grants no secret: in a batch, Secrets Manager returns only the secrets
    # that GetSecretValue allows.
    length(local.secret_arns) == 0 ? [] : [{
      Sid      = "ReadThemInBatches"
      Effect   = "Allow"
      Action   = ["secretsmanager:BatchGetSecretValue"]
      Resource = ["*"]
    }],
  )

  # A probe is signed as one of these roles, never as the machine.
  role_statements = length(var.probe_roles) == 0 ? [] : [{
    Sid      = "AssumeTheNamedRoles"
    Effect   = "Allow"
    Action   = ["sts:AssumeRole"]
    Resource = var.probe_roles
  }]

  # The services use a customer managed key in the name of the caller, so the right is limited to these services.
  key_statements = concat(
    length(var.secret_kms_key_arns) == 0 ? [] : [{
      Sid      = "DecryptThemThroughTheirServices"
      Effect   = "Allow"
      Action   = ["kms:Decrypt"]
      Resource = var.secret_kms_key_arns
      Condition = {
        StringEquals = {
          "kms:ViaService" = [for service in ["ssm", "secretsmanager"] : "${service}.${local.region}.amazonaws.com"]
        }
      }
    }],
    # A topic may be in another region, and its key is in the same region.
    length(var.topic_kms_key_arns) == 0 ? [] : [{
      Sid      = "EncryptAlertsThroughTheirTopics"
      Effect   = "Allow"
      Action   = ["kms:Decrypt", "kms:GenerateDataKey"]
      Resource = var.topic_kms_key_arns
      Condition = {
        StringEquals = {
          "kms:ViaService" = distinct([for arn in var.topic_kms_key_arns : "sns.${split(":", arn)[3]}.amazonaws.com"])
        }
      }
    }],
  )
}

# check ---------------------------------------------------------------------------------------------------------

resource "aws_iam_policy" "check" {
  name        = "${var.name}-check"
  description = "Run monitors: read the configuration, store state and history, publish alerts."

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = concat([
      {
        Sid      = "ReadWhatIsWatched"
        Effect   = "Allow"
        Action   = ["dynamodb:Query"]
        Resource = [local.configs]
      },
      {
        # A run reads, takes and releases the run item outside of transactions, and acknowledges alerts row by row. It reads
        # the beats of programs in batches.
        Sid      = "KeepTheState"
        Effect   = "Allow"
        Action   = ["dynamodb:BatchGetItem", "dynamodb:GetItem", "dynamodb:Query", "dynamodb:UpdateItem"]
        Resource = [local.states]
      },
      {
        # A run commits its decisions under the fence, or not at all. It puts the row of a renamed monitor under the new
        # id, and marks the old row instead of deleting it. So there is no DeleteItem here either.
        Sid       = "CommitUnderTheFence"
        Effect    = "Allow"
        Action    = ["dynamodb:ConditionCheckItem", "dynamodb:PutItem"]
        Resource  = [local.states]
        Condition = local.only_in_transactions
      },
      {
        Sid      = "KeepTheHistory"
        Effect   = "Allow"
        Action   = ["dynamodb:BatchWriteItem", "dynamodb:PutItem", "dynamodb:Query", "dynamodb:UpdateItem"]
        Resource = [local.history]
      },
      {
        Sid      = "PublishAlerts"
        Effect   = "Allow"
        Action   = ["sns:Publish"]
        Resource = concat([aws_sns_topic.alerts.arn], var.topic_arns)
      },
    ], local.secret_statements, local.key_statements, local.role_statements)
  })
}

resource "aws_iam_role" "check" {
  name        = "${var.name}-check"
  description = "The machine that runs monitorctl check."

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Service = "ec2.amazonaws.com" }
      Action    = "sts:AssumeRole"
    }]
  })
}

resource "aws_iam_role_policy_attachment" "check" {
  role       = aws_iam_role.check.name
  policy_arn = aws_iam_policy.check.arn
}

resource "aws_iam_instance_profile" "check" {
  name = "${var.name}-check"
  role = aws_iam_role.check.name
}

# Rights of the machine beside monitorctl. These are policies of the role and not part of `check`, so `check` describes the
# program alone.

resource "aws_iam_role_policy" "binary" {
  count = local.binary_in_s3 ? 1 : 0

  name = "fetch-the-binary"
  role = aws_iam_role.check.id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect   = "Allow"
      Action   = ["s3:GetObject"]
      Resource = ["arn:${local.partition}:s3:::${trimprefix(local.binary.url, "s3://")}"]
    }]
  })
}

# Not AmazonSSMManagedInstanceCore, which may read every parameter of the account.
resource "aws_iam_role_policy" "session" {
  # checkov:skip=CKV_AWS_355: these actions have no resources; AWS documents them with "*"
  # checkov:skip=CKV_AWS_290: as above: no condition can limit a channel to this machine
  count = var.session_manager ? 1 : 0

  name = "open-a-session"
  role = aws_iam_role.check.id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect = "Allow"
      Action = [
        "ssm:UpdateInstanceInformation",
        "ssmmessages:CreateControlChannel",
        "ssmmessages:CreateDataChannel",
        "ssmmessages:OpenControlChannel",
        "ssmmessages:OpenDataChannel",
      ]
      Resource = ["*"]
    }]
  })
}

# Terraform makes the log group with its retention, so the agent makes none.
resource "aws_iam_role_policy" "logs" {
  count = var.cloudwatch_logs ? 1 : 0

  name = "write-the-log"
  role = aws_iam_role.check.id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect   = "Allow"
      Action   = ["logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"]
      Resource = ["${aws_cloudwatch_log_group.check[0].arn}:*"]
    }]
  })
}

# diff and sync -------------------------------------------------------------------------------------------------

resource "aws_iam_policy" "diff" {
  name        = "${var.name}-diff"
  description = "Show what sync would change: read the configs table, and the results for a backtest."

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid      = "ReadWhatIsWatched"
        Effect   = "Allow"
        Action   = ["dynamodb:Query"]
        Resource = [local.configs]
      },
      {
        # `diff --backtest` replays results. A result has a verdict, a code and a latency, and no text of an endpoint.
        # The partitions of incidents have such texts, so the author of a pull request cannot read them.
        Sid       = "ReplayResults"
        Effect    = "Allow"
        Action    = ["dynamodb:Query"]
        Resource  = [local.history]
        Condition = { "ForAnyValue:StringLike" = { "dynamodb:LeadingKeys" = ["directory#*", "ledger#*"] } }
      },
    ]
  })
}

resource "aws_iam_policy" "sync" {
  name        = "${var.name}-sync"
  description = "Make the configs table equal to the monitor files: read the table, and write it in transactions."

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid      = "ReadWhatIsWatched"
        Effect   = "Allow"
        Action   = ["dynamodb:Query"]
        Resource = [local.configs]
      },
      {
        # An update puts and retires a monitor, together with the head of its owner's catalog. So no write can bypass the
        # head, by which two syncs notice each other. `monitorctl silence` writes its item in a transaction too, so a
        # person on call has this policy: a person who may silence every monitor could as well change it.
        Sid       = "ChangeItUnderTheHead"
        Effect    = "Allow"
        Action    = ["dynamodb:UpdateItem"]
        Resource  = [local.configs]
        Condition = local.only_in_transactions
      },
    ]
  })
}

# beat ----------------------------------------------------------------------------------------------------------

# For the machines whose programs beat. Their credentials can write the last beats of any program, and nothing else: they
# read no monitor and no state. The item of the beats has a partition of its own, so that `dynamodb:LeadingKeys` can say so.
resource "aws_iam_policy" "beat" {
  name        = "${var.name}-beat"
  description = "Beat for heartbeat monitors: store that a program began, ended or failed."

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = "StoreBeats"
      Effect    = "Allow"
      Action    = ["dynamodb:UpdateItem"]
      Resource  = [local.states]
      Condition = { "ForAnyValue:StringLike" = { "dynamodb:LeadingKeys" = ["beat#*"] } }
    }]
  })
}

# Workflows of one GitHub repository take the roles with a token that GitHub signs, so there is no key to store or leak.

locals {
  github_issuer = "token.actions.githubusercontent.com"

  # `sub` names the caller, and begins with the repository. GitHub writes it in two forms: by name, and for newer
  # repositories by name and number (repo:acme@123/monitors@456:…). The roles trust both, each compared whole. A wildcard
  # such as acme@* would let in the next owner of a name, and repo:owner/name:* would give every branch the right to
  # sync. A pull request from a fork gets no token.
  github_repositories = var.github == null ? [] : [
    var.github.repository,
    format(
      "%s@%s/%s@%s",
      split("/", var.github.repository)[0], var.github.owner_id,
      split("/", var.github.repository)[1], var.github.repository_id,
    ),
  ]

  # The rest of `sub`: the event of the workflow.
  github_runs = var.github == null ? {} : {
    diff = "pull_request"
    sync = (
      var.github.environment == null
      ? "ref:refs/heads/${var.github.branch}"
      : "environment:${var.github.environment}"
    )
  }

  github_subjects = {
    for command, run in local.github_runs : command => [for repository in local.github_repositories : "repo:${repository}:${run}"]
  }

  # An account has one identity provider for GitHub, and its ARN follows from the account.
  github_provider = coalesce(
    one(aws_iam_openid_connect_provider.github[*].arn),
    try(var.github.provider_arn, null),
    "arn:${local.partition}:iam::${local.account}:oidc-provider/${local.github_issuer}",
  )

  github_policies = {
    diff = aws_iam_policy.diff.arn
    sync = aws_iam_policy.sync.arn
  }
}

resource "aws_iam_openid_connect_provider" "github" {
  count = try(var.github.create_provider, false) ? 1 : 0

  url            = "https://${local.github_issuer}"
  client_id_list = ["sts.amazonaws.com"]
}

resource "aws_iam_role" "github" {
  for_each = local.github_subjects

  name                 = "${var.name}-${each.key}"
  description          = "monitorctl ${each.key} in workflows of ${var.github.repository}."
  max_session_duration = 3600

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Federated = local.github_provider }
      Action    = "sts:AssumeRoleWithWebIdentity"
      Condition = {
        StringEquals = {
          "${local.github_issuer}:aud" = "sts.amazonaws.com"
          "${local.github_issuer}:sub" = each.value
        }
      }
    }]
  })
}

resource "aws_iam_role_policy_attachment" "github" {
  for_each = local.github_subjects

  role       = aws_iam_role.github[each.key].name
  policy_arn = local.github_policies[each.key]
}
