# Alerts and alarms in a Slack channel by Amazon Q Developer in chat applications, and in a queue. Copy this folder beside
# your configuration, fill in the values, and run `terraform init && terraform apply`.
#
# Before that, let AWS into your Slack once: open https://console.aws.amazon.com/chatbot/, choose "Configure new client",
# then Slack, and allow the app. Then invite it to a private channel: `/invite @Amazon Q`.
#
# Alerts have a form that Amazon Q reads only if monitorctl.yaml says so:
#
#   channels:
#     default: { kind: sns, topic: "arn:aws:sns:eu-central-1:123456789012:monitorctl-alerts", chat: true }

terraform {
  required_version = ">= 1.9"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 6.0"
    }
  }
}

provider "aws" {
  region = "eu-central-1"

  default_tags { tags = { application = "monitorctl" } }
}

module "monitorctl" {
  source = "github.com/monitorctl/monitorctl//infra/terraform/module?ref=v0.1.0"

  alert_emails = ["oncall@example.com"]

  # From the release page: the program and its .sha256 file.
  binary = {
    arm64 = {
      url    = "https://github.com/monitorctl/monitorctl/releases/download/v0.1.0/monitorctl-aarch64-unknown-linux-musl"
      sha256 = "0000000000000000000000000000000000000000000000000000000000000000"
    }
  }

  subscriptions = [
    { protocol = "sms", endpoint = "+491701234567", filter = { severity = ["critical"] } },
    { protocol = "sqs", endpoint = aws_sqs_queue.alerts.arn, raw = true },
  ]
}

# Chat ----------------------------------------------------------------------------------------------------------

resource "aws_chatbot_slack_channel_configuration" "alerts" {
  # The service is global, and only a few regions have an endpoint for its settings. The topics stay where they are.
  region = "us-east-2"

  configuration_name = "monitorctl-alerts"
  slack_team_id      = "T07EA123LEP" # the workspace, from the page of the client in the console
  slack_channel_id   = "C07EZ1ABC23" # the last part of the channel's link in Slack
  iam_role_arn       = aws_iam_role.chat.arn
  sns_topic_arns     = [module.monitorctl.topic_arn, module.monitorctl.operators_topic_arn]
  logging_level      = "ERROR"

  # Without this, AWS takes AdministratorAccess for the most that the members of the channel may do. They only read here.
  guardrail_policy_arns = ["arn:aws:iam::aws:policy/AWSDenyAll"]
}

# Amazon Q wants a role. A notification needs no permission, so the role has none.
resource "aws_iam_role" "chat" {
  name = "monitorctl-chat"

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Service = "chatbot.amazonaws.com" }
      Action    = "sts:AssumeRole"
    }]
  })
}

# A queue ---------------------------------------------------------------------------------------------------------

resource "aws_sqs_queue" "alerts" {
  name                    = "monitorctl-alerts"
  sqs_managed_sse_enabled = true
}

# SNS delivers nothing to a queue whose policy does not let this topic in.
resource "aws_sqs_queue_policy" "alerts" {
  queue_url = aws_sqs_queue.alerts.id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = "TheTopicSends"
      Effect    = "Allow"
      Principal = { Service = "sns.amazonaws.com" }
      Action    = "sqs:SendMessage"
      Resource  = aws_sqs_queue.alerts.arn
      Condition = { ArnEquals = { "aws:SourceArn" = module.monitorctl.topic_arn } }
    }]
  })
}
