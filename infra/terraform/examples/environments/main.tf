# Staging and prod in one account: the module twice, with tables, topics, machines and roles of their own. Copy this folder
# beside your configuration, fill in the values, and run `terraform init && terraform apply`.

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

locals {
  # From the release page: the program and its .sha256 file.
  binary = {
    arm64 = {
      url    = "https://github.com/monitorctl/monitorctl/releases/download/v0.1.0/monitorctl-aarch64-unknown-linux-musl"
      sha256 = "0000000000000000000000000000000000000000000000000000000000000000"
    }
  }

  # The repository of the monitor files; print the numbers with `gh api repos/acme/api-monitors --jq '.owner.id, .id'`.
  github = {
    repository    = "acme/api-monitors"
    owner_id      = "583231"
    repository_id = "1296269"
  }
}

module "staging" {
  source = "github.com/monitorctl/monitorctl//infra/terraform/module?ref=v0.1.0"

  environment   = "staging"
  name          = "monitorctl-staging"
  config_table  = "staging_api_health_configs"
  state_table   = "staging_api_health_states"
  history_table = "staging_api_health_history"
  alert_emails  = ["staging@example.com"]
  binary        = local.binary

  # The workflow takes the role `sync` of staging in GitHub's environment `monitors-staging` alone. An account has one
  # identity provider for GitHub; prod makes it.
  github = merge(local.github, {
    environment     = "monitors-staging"
    create_provider = false
    provider_arn    = module.prod.github_provider_arn
  })
}

module "prod" {
  source = "github.com/monitorctl/monitorctl//infra/terraform/module?ref=v0.1.0"

  environment    = "prod"
  name           = "monitorctl-prod"
  config_table   = "prod_api_health_configs"
  state_table    = "prod_api_health_states"
  history_table  = "prod_api_health_history"
  alert_emails   = ["oncall@example.com"]
  instance_count = 2
  binary         = local.binary

  # Let GitHub ask reviewers in the environment `monitors-prod`.
  github = merge(local.github, { environment = "monitors-prod" })
}

output "environment" {
  description = "Variables for a terminal, by environment: `eval \"$(terraform output -json environment | jq -r .staging)\"`."
  value       = { staging = module.staging.environment, prod = module.prod.environment }
}

output "role_arns" {
  description = "Roles for the workflows, by environment."
  value       = { staging = module.staging.role_arns, prod = module.prod.role_arns }
}
