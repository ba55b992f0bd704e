# Three tables, on demand: a quiet run costs a dozen write units, a storm of incidents some hundreds, and nobody
# has to guess which of the two the next hour brings.
#
# All three are encrypted with the key that AWS manages for DynamoDB in this account (`server_side_encryption`
# without a key of yours): every read of it stands in CloudTrail, and no caller needs a right to a key.

# What is watched. `sync` writes it, everything else reads it.
resource "aws_dynamodb_table" "configs" {
  # checkov:skip=CKV_AWS_119: no customer managed key: the items are what stands in git, with references in place of secrets; a key of one's own would add a right to every role and a way to lock everybody out
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

  # A monitor that left the repository stays as a tombstone until then, so that its open incident can be closed.
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

# The health of each monitor, what people were told of it, and the item `@run`: lease, fence and heartbeat.
#
# No time to live here, ever: `@run` has an attribute `expires` that is not one, and a row that vanished would be
# an incident that nobody is told the end of.
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

# The result of every probe, packed, and one item for each incident. Old items leave by themselves, at no cost.
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
