terraform {
  # From 1.9 on, the validation of one variable can read another one.
  required_version = ">= 1.9"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 6.0"
    }
  }
}

# The caller's provider decides the region, the account, the credentials and the tags. This module has no `provider` block,
# so a caller can make several installations with `for_each`, or pass a provider for another region.
data "aws_region" "current" {}

data "aws_caller_identity" "current" {}

data "aws_partition" "current" {}

locals {
  region    = data.aws_region.current.region
  account   = data.aws_caller_identity.current.account_id
  partition = data.aws_partition.current.partition
}
