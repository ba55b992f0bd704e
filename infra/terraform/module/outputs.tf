output "public_ips" {
  description = "Source addresses of the probes, one per machine, for the allow lists of probed endpoints."
  value       = var.static_ip ? aws_eip.machine[*].public_ip : (var.public_ip ? aws_instance.machine[*].public_ip : [])
}

output "public_ip" {
  description = "The first of these addresses."
  value       = var.static_ip ? aws_eip.machine[0].public_ip : (var.public_ip ? aws_instance.machine[0].public_ip : null)
}

output "tables" {
  description = "Names of the tables."
  value = {
    configs = aws_dynamodb_table.configs.name
    states  = aws_dynamodb_table.states.name
    history = aws_dynamodb_table.history.name
  }
}

output "topic_arn" {
  description = "The topic of the alerts (`SNS_TOPIC_ARN`). `subscriptions` covers most protocols; subscribe all others here."
  value       = aws_sns_topic.alerts.arn
}

output "operators_topic_arn" {
  description = "The topic of the alarms about monitorctl itself."
  value       = aws_sns_topic.operators.arn
}

output "role_arns" {
  description = "Roles: `check` for the machine; `diff` and `sync` for GitHub workflows, if `github` is set."
  value = merge(
    { check = aws_iam_role.check.arn },
    { for command, role in aws_iam_role.github : command => role.arn },
  )
}

output "github_provider_arn" {
  description = "GitHub's identity provider, for `github.provider_arn` of a second installation in the account."
  value       = var.github == null ? null : local.github_provider
}

output "policy_arns" {
  description = "The policies, for roles of yours."
  value = {
    check = aws_iam_policy.check.arn
    diff  = aws_iam_policy.diff.arn
    sync  = aws_iam_policy.sync.arn
    beat  = aws_iam_policy.beat.arn
  }
}

output "environment" {
  description = "Environment variables for a terminal that works on these tables: `eval \"$(terraform output -raw environment)\"`."
  value = join("\n", [
    for name in ["AWS_REGION", "APP_ENVIRONMENT", "DDB_CONFIG_TABLE", "DDB_STATE_TABLE", "DDB_HISTORY_TABLE", "SNS_TOPIC_ARN"] :
    "export ${name}='${local.environment[name]}'"
  ])
}

output "shell" {
  description = "Commands that open a shell on each machine."
  value = [
    for machine in aws_instance.machine : "aws ssm start-session --region ${local.region} --target ${machine.id}"
    if var.session_manager
  ]
}

output "status_page" {
  description = "Of the status page: where the machine publishes it, its address, and the name that a record of your DNS points to. Null without `status_page`."
  value = var.status_page == null ? null : {
    destination = local.page_destination
    url         = "https://${concat(var.status_page.domains, [aws_cloudfront_distribution.page[0].domain_name])[0]}"
    domain      = aws_cloudfront_distribution.page[0].domain_name
  }
}
