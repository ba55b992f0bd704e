output "public_ips" {
  description = "Source addresses of the probes, one per machine, for the allow lists of probed endpoints."
  value       = module.monitorctl.public_ips
}

output "public_ip" {
  description = "The first of these addresses."
  value       = module.monitorctl.public_ip
}

output "tables" {
  description = "Names of the tables."
  value       = module.monitorctl.tables
}

output "topic_arn" {
  description = "The topic of the alerts (`SNS_TOPIC_ARN`). `subscriptions` covers most protocols; subscribe all others here."
  value       = module.monitorctl.topic_arn
}

output "operators_topic_arn" {
  description = "The topic of the alarms about monitorctl itself."
  value       = module.monitorctl.operators_topic_arn
}

output "role_arns" {
  description = "Roles: `check` for the machine; `diff` and `sync` for GitHub workflows, if `github` is set."
  value       = module.monitorctl.role_arns
}

output "github_provider_arn" {
  description = "GitHub's identity provider, for `github.provider_arn` of a second installation in the account."
  value       = module.monitorctl.github_provider_arn
}

output "policy_arns" {
  description = "The policies, for roles of yours."
  value       = module.monitorctl.policy_arns
}

output "environment" {
  description = "Environment variables for a terminal that works on these tables: `eval \"$(terraform output -raw environment)\"`."
  value       = module.monitorctl.environment
}

output "shell" {
  description = "Commands that open a shell on each machine."
  value       = module.monitorctl.shell
}

output "status_page" {
  description = "Of the status page: where the machine may publish it, its address, and the name that a record of your DNS points to. Null without `status_page`."
  value       = module.monitorctl.status_page
}
