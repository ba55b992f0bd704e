# The machine: one small instance that starts `monitorctl check` every period. It keeps no state, so Terraform replaces it
# instead of repairing it: a changed script, binary or setting makes a new one before the old one goes. The two may
# overlap, because the lease in the state table lets one of them work at a time.

locals {
  binary        = var.binary[var.architecture]
  instance_type = coalesce(var.instance_type, var.architecture == "arm64" ? "t4g.micro" : "t3.micro")

  # A run ends 20 seconds before the next one begins: its lease outlives the deadline by 10 seconds, and a run that is
  # killed after that has 10 more.
  period_seconds   = var.period_minutes * 60
  deadline_seconds = local.period_seconds - 20
  timeout_seconds  = local.deadline_seconds + 10

  # The complete environment of a run. The machine decides which networks may be probed, not the repository of monitors.
  environment = merge(
    {
      AWS_REGION        = local.region
      APP_ENVIRONMENT   = var.environment
      DDB_CONFIG_TABLE  = aws_dynamodb_table.configs.name
      DDB_STATE_TABLE   = aws_dynamodb_table.states.name
      DDB_HISTORY_TABLE = aws_dynamodb_table.history.name
      SNS_TOPIC_ARN     = aws_sns_topic.alerts.arn
      MONITORCTL_PERIOD = "${var.period_minutes}m"
      MONITORCTL_LOG    = "json"
    },
    length(var.allow_cidrs) == 0 ? {} : { MONITORCTL_ALLOW = join(",", var.allow_cidrs) },
    length(var.secret_variables) == 0 ? {} : { MONITORCTL_SECRETS = join(",", var.secret_variables) },
    length(var.proxies) == 0 ? {} : { MONITORCTL_PROXIES = join(",", var.proxies) },
    length(var.probe_roles) == 0 ? {} : { MONITORCTL_ROLES = join(",", var.probe_roles) },
    length(var.file_folders) == 0 ? {} : { MONITORCTL_FILES = join(",", var.file_folders) },
  )

  user_data = templatefile("${path.module}/templates/user-data.sh.tftpl", {
    url             = local.binary.url
    sha256          = local.binary.sha256
    region          = local.region
    scheduler       = var.scheduler
    cloudwatch_logs = var.cloudwatch_logs

    environment_file = join("", [for name, value in local.environment : "${name}=${value}\n"])
    logrotate        = templatefile("${path.module}/templates/logrotate.tftpl", { scheduler = var.scheduler })

    run  = templatefile("${path.module}/templates/run.sh.tftpl", local.timing)
    cron = templatefile("${path.module}/templates/cron.tftpl", local.timing)

    service = templatefile("${path.module}/templates/monitorctl.service.tftpl", local.timing)
    timer   = templatefile("${path.module}/templates/monitorctl.timer.tftpl", local.timing)

    agent = var.cloudwatch_logs ? templatefile("${path.module}/templates/cloudwatch-agent.json.tftpl", {
      log_group = aws_cloudwatch_log_group.check[0].name
    }) : ""
  })

  timing = {
    period_minutes   = var.period_minutes
    deadline_seconds = local.deadline_seconds
    timeout_seconds  = local.timeout_seconds
    page             = local.page_option
  }
}

# Its place -----------------------------------------------------------------------------------------------------

# Some zones of some regions lack the instance type; Terraform makes no machine there.
data "aws_ec2_instance_type_offerings" "zones" {
  location_type = "availability-zone"

  filter {
    name   = "instance-type"
    values = [local.instance_type]
  }

  lifecycle {
    postcondition {
      condition     = length(self.locations) > 0
      error_message = "No zone of ${local.region} has the instance type ${local.instance_type}. Choose another instance_type, or another region."
    }
  }
}

data "aws_subnets" "default" {
  count = length(var.subnet_ids) == 0 ? 1 : 0

  filter {
    name   = "default-for-az"
    values = ["true"]
  }

  filter {
    name   = "availability-zone"
    values = data.aws_ec2_instance_type_offerings.zones.locations
  }

  # Without this check, every use of the first subnet would fail with "Invalid index".
  lifecycle {
    postcondition {
      condition     = length(self.ids) > 0
      error_message = "There is no default subnet in ${local.region} in a zone that has ${local.instance_type}. Name subnet_ids of a VPC of yours, or create the default one: aws ec2 create-default-vpc --region ${local.region}"
    }
  }
}

locals {
  # Sorted, so the next plan chooses the same subnets.
  candidates = length(var.subnet_ids) > 0 ? var.subnet_ids : sort(data.aws_subnets.default[0].ids)
  subnet_ids = slice(local.candidates, 0, min(var.instance_count, length(local.candidates)))
}

data "aws_subnet" "machine" {
  count = length(local.subnet_ids)

  id = local.subnet_ids[count.index]
}

resource "aws_security_group" "machine" {
  name_prefix = "${var.name}-"
  description = "monitorctl check: outbound to the probed endpoints, no inbound."
  vpc_id      = data.aws_subnet.machine[0].vpc_id

  lifecycle {
    create_before_destroy = true
  }
}

# Monitors may use any port, and the AWS APIs are on 443. Names and time come from the VPC's own servers, which no
# security group filters. Name servers elsewhere are in dns_cidrs.
resource "aws_vpc_security_group_egress_rule" "tcp" {
  for_each = { ipv4 = "0.0.0.0/0", ipv6 = "::/0" }

  security_group_id = aws_security_group.machine.id
  description       = "Probes and the APIs of AWS, ${each.key}."
  ip_protocol       = "tcp"
  from_port         = 1
  to_port           = 65535
  cidr_ipv4         = each.key == "ipv4" ? each.value : null
  cidr_ipv6         = each.key == "ipv6" ? each.value : null
}

# Echo requests alone: the answer to one comes back by itself.
resource "aws_vpc_security_group_egress_rule" "ping" {
  for_each = {
    ipv4 = { protocol = "icmp", type = 8, cidr = "0.0.0.0/0" }
    ipv6 = { protocol = "icmpv6", type = 128, cidr = "::/0" }
  }

  security_group_id = aws_security_group.machine.id
  description       = "Pings, ${each.key}."
  ip_protocol       = each.value.protocol
  from_port         = each.value.type
  to_port           = 0
  cidr_ipv4         = each.key == "ipv4" ? each.value.cidr : null
  cidr_ipv6         = each.key == "ipv6" ? each.value.cidr : null
}

# A name server answers over UDP, and sends large answers over TCP. TCP has a rule of its own, so names still resolve if you
# narrow the rule above.
resource "aws_vpc_security_group_egress_rule" "dns" {
  for_each = {
    for pair in setproduct(["udp", "tcp"], var.dns_cidrs) : "${pair[0]} ${pair[1]}" => { protocol = pair[0], cidr = pair[1] }
  }

  security_group_id = aws_security_group.machine.id
  description       = "Name servers in dns_cidrs."
  ip_protocol       = each.value.protocol
  from_port         = 53
  to_port           = 53
  cidr_ipv4         = strcontains(each.value.cidr, ":") ? null : each.value.cidr
  cidr_ipv6         = strcontains(each.value.cidr, ":") ? each.value.cidr : null
}

resource "aws_vpc_security_group_ingress_rule" "ssh" {
  for_each = toset(var.ssh_cidrs)

  security_group_id = aws_security_group.machine.id
  description       = "SSH from a network of ours."
  ip_protocol       = "tcp"
  from_port         = 22
  to_port           = 22
  cidr_ipv4         = each.value
}

# The instance --------------------------------------------------------------------------------------------------

# Amazon keeps the name of its newest image in a public parameter.
data "aws_ssm_parameter" "image" {
  name = "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-${var.architecture}"
}

resource "aws_instance" "machine" {
  # checkov:skip=CKV_AWS_88: without a public address it would need a NAT gateway, which costs ten times as much as the machine; there is no inbound rule
  # checkov:skip=CKV_AWS_126: metrics every minute cost more than the machine; the dead-man alarm watches the table, not the machine
  count = var.instance_count

  ami                         = data.aws_ssm_parameter.image.insecure_value
  instance_type               = local.instance_type
  subnet_id                   = local.subnet_ids[count.index]
  vpc_security_group_ids      = [aws_security_group.machine.id]
  associate_public_ip_address = var.public_ip
  iam_instance_profile        = aws_iam_instance_profile.check.name
  key_name                    = var.ssh_key_name
  ebs_optimized               = true

  user_data                   = local.user_data
  user_data_replace_on_change = true

  # A forged request by a probe cannot get a token, and a token does not travel a second hop.
  metadata_options {
    http_endpoint = "enabled"
    http_tokens   = "required"

    http_put_response_hop_limit = 1
  }

  root_block_device {
    volume_type           = "gp3"
    volume_size           = 8
    encrypted             = true
    delete_on_termination = true
  }

  tags        = { Name = "${var.name}-${count.index + 1}" }
  volume_tags = { Name = "${var.name}-${count.index + 1}" }

  lifecycle {
    create_before_destroy = true

    # A new image of Amazon must not replace the machine because you add a mail address. README.md shows how to take a new
    # image on purpose.
    ignore_changes = [ami]

    precondition {
      condition     = length(local.candidates) >= var.instance_count
      error_message = "There are fewer subnets than machines. Name subnet_ids in zones that have ${local.instance_type}."
    }

    precondition {
      condition     = length(distinct(data.aws_subnet.machine[*].availability_zone)) == var.instance_count
      error_message = "The machines would share a zone, and its failure would stop them all. Name subnet_ids in different zones."
    }

    precondition {
      condition     = length(distinct(data.aws_subnet.machine[*].vpc_id)) == 1
      error_message = "The subnet_ids are in different VPCs."
    }
  }

  # The first run must not fail because a right arrives a moment after the machine.
  depends_on = [
    aws_iam_role_policy.binary,
    aws_iam_role_policy.logs,
    aws_iam_role_policy_attachment.check,
  ]
}

resource "aws_eip" "machine" {
  count = var.static_ip ? var.instance_count : 0

  instance = aws_instance.machine[count.index].id
  domain   = "vpc"
  tags     = { Name = "${var.name}-${count.index + 1}" }
}

# Its log -------------------------------------------------------------------------------------------------------

resource "aws_cloudwatch_log_group" "check" {
  # checkov:skip=CKV_AWS_158: CloudWatch encrypts logs without a customer managed key too, and no line holds a secret
  # checkov:skip=CKV_AWS_338: the history table is the record of the results; a log older than a month explains nothing
  count = var.cloudwatch_logs ? 1 : 0

  name              = "/${var.name}/check"
  retention_in_days = var.log_retention_days
}
