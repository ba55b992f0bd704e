# Three tables, on demand: a quiet run costs a dozen write units, a storm of incidents some hundreds, and the next hour
# is unknown.
#
# AWS encrypts all three with its managed key for DynamoDB in this account (`server_side_encryption` without a key of
# yours). CloudTrail records every use of the key, and no caller needs a right to it.

# The monitors. `sync` writes the table, all other commands read it.
resource "aws_dynamodb_table" "configs" {
  # checkov:skip=CKV_AWS_119: no customer managed key: the items are the contents of git, with references in place of secrets; a customer managed key would add a right to every role, and could lock out all users
  name                        = var.config_table
  billing_mode                = "PAY_PER_REQUEST"
  hash_key                    = "shard"
  range_key                   = "monitor"
  deletion_protection_enabled = var.deletion_protection

  attribute {
    name = "shard"
    type = "S"
  }

  attribute {
    name = "monitor"
    type = "S"
  }

  # A removed monitor stays as a tombstone until then, so a run can close its open incident.
  ttl {
    enabled        = true
    attribute_name = "expires"
  }

  point_in_time_recovery {
    enabled = true
  }

  server_side_encryption {
    enabled = true
  }
}

# The health of each monitor, its last delivery, and the item `@run`: lease, fence and heartbeat.
#
# This table must never have a time to live. `@run` has an attribute `expires` with another meaning, and the end of an
# incident would never be notified if its row vanished.
resource "aws_dynamodb_table" "states" {
  # checkov:skip=CKV_AWS_119: as for the configs table; the rows hold health and counters
  name                        = var.state_table
  billing_mode                = "PAY_PER_REQUEST"
  hash_key                    = "shard"
  range_key                   = "monitor"
  deletion_protection_enabled = var.deletion_protection

  attribute {
    name = "shard"
    type = "S"
  }

  attribute {
    name = "monitor"
    type = "S"
  }

  point_in_time_recovery {
    enabled = true
  }

  server_side_encryption {
    enabled = true
  }
}

# The result of every probe, packed, and one item for each incident. Old items expire by themselves, at no cost.
resource "aws_dynamodb_table" "history" {
  # checkov:skip=CKV_AWS_119: as for the configs table; the items hold verdicts, latencies and status codes
  name                        = var.history_table
  billing_mode                = "PAY_PER_REQUEST"
  hash_key                    = "series"
  range_key                   = "at"
  deletion_protection_enabled = var.deletion_protection

  attribute {
    name = "series"
    type = "S"
  }

  attribute {
    name = "at"
    type = "N"
  }

  ttl {
    enabled        = true
    attribute_name = "expires"
  }

  point_in_time_recovery {
    enabled = true
  }

  server_side_encryption {
    enabled = true
  }
}
