# The status page: a private bucket that CloudFront alone may read, and the right of the machine to publish there. Nothing of
# this exists unless `status_page` is set.

locals {
  page_bucket = "${var.name}-page-${local.account}-${local.region}"
  page_prefix = try(var.status_page.prefix, "")

  # The option of the machine. The page itself is in the config table: `sync` stores it there.
  page_destination = "s3://${local.page_bucket}/${local.page_prefix}"
  page_id          = try(var.status_page.page, null) == null ? "" : "${var.status_page.page}="
  page_option      = var.status_page == null ? "" : " --page ${local.page_id}${local.page_destination}"
}

resource "aws_s3_bucket" "page" {
  # checkov:skip=CKV_AWS_18: CloudFront alone reads it, and what it serves is public
  # checkov:skip=CKV_AWS_21: a page holds no data of its own; the next run publishes it again
  # checkov:skip=CKV_AWS_144: as above: there is nothing to replicate
  # checkov:skip=CKV_AWS_145: the page is public, so the key of S3 is enough
  # checkov:skip=CKV2_AWS_61: the machine itself removes files that are no longer part of the page
  # checkov:skip=CKV2_AWS_62: no one has to hear that a file of the page changed
  count = var.status_page == null ? 0 : 1

  bucket = local.page_bucket
  # What is in it can be published again.
  force_destroy = true
}

resource "aws_s3_bucket_public_access_block" "page" {
  count = var.status_page == null ? 0 : 1

  bucket                  = aws_s3_bucket.page[0].id
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

resource "aws_s3_bucket_ownership_controls" "page" {
  count = var.status_page == null ? 0 : 1

  bucket = aws_s3_bucket.page[0].id

  rule {
    object_ownership = "BucketOwnerEnforced"
  }
}

resource "aws_s3_bucket_policy" "page" {
  count = var.status_page == null ? 0 : 1

  bucket = aws_s3_bucket.page[0].id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid       = "CloudFrontReadsThePage"
        Effect    = "Allow"
        Principal = { Service = "cloudfront.amazonaws.com" }
        Action    = ["s3:GetObject"]
        Resource  = ["${aws_s3_bucket.page[0].arn}/${local.page_prefix}/*"]
        Condition = { StringEquals = { "AWS:SourceArn" = aws_cloudfront_distribution.page[0].arn } }
      },
      {
        Sid       = "NothingInClearText"
        Effect    = "Deny"
        Principal = "*"
        Action    = ["s3:*"]
        Resource  = [aws_s3_bucket.page[0].arn, "${aws_s3_bucket.page[0].arn}/*"]
        Condition = { Bool = { "aws:SecureTransport" = "false" } }
      },
    ]
  })

  # A policy that comes while the block is made is refused.
  depends_on = [aws_s3_bucket_public_access_block.page]
}

resource "aws_cloudfront_origin_access_control" "page" {
  count = var.status_page == null ? 0 : 1

  name                              = "${var.name}-page"
  description                       = "Signs the requests of CloudFront to the bucket of the status page."
  origin_access_control_origin_type = "s3"
  signing_behavior                  = "always"
  signing_protocol                  = "sigv4"
}

resource "aws_cloudfront_distribution" "page" {
  # checkov:skip=CKV_AWS_68: the page is static and takes no input, so a firewall has nothing to filter
  # checkov:skip=CKV2_AWS_47: as above: no program behind the page reads a request
  # checkov:skip=CKV_AWS_86: who looks at a public page is not recorded
  # checkov:skip=CKV_AWS_310: a second origin would need a second machine that publishes
  # checkov:skip=CKV_AWS_374: users everywhere should see whether the product works
  # checkov:skip=CKV_AWS_174: with `domains` it is TLS 1.2; the certificate of cloudfront.net allows no other setting
  # checkov:skip=CKV2_AWS_32: a managed policy of AWS is attached, which checkov does not follow
  # checkov:skip=CKV2_AWS_42: with `domains` it has a certificate of its own
  count = var.status_page == null ? 0 : 1

  comment             = "Status page of ${var.name} (${var.environment})"
  enabled             = true
  is_ipv6_enabled     = true
  http_version        = "http2and3"
  default_root_object = "index.html"
  aliases             = var.status_page.domains

  origin {
    origin_id                = "page"
    domain_name              = aws_s3_bucket.page[0].bucket_regional_domain_name
    origin_path              = "/${local.page_prefix}"
    origin_access_control_id = aws_cloudfront_origin_access_control.page[0].id
  }

  default_cache_behavior {
    target_origin_id       = "page"
    viewer_protocol_policy = "redirect-to-https"
    allowed_methods        = ["GET", "HEAD"]
    cached_methods         = ["GET", "HEAD"]
    compress               = true
    # Managed-CachingOptimized: it keeps each file as long as the file says, which is a minute.
    cache_policy_id = "658327ea-f89d-4fab-a63d-7e88639e58f6"
    # Managed-CORS-and-SecurityHeadersPolicy: other pages may read the API and show the badges.
    response_headers_policy_id = "e61eb60c-9c35-4d20-a928-2b84e02af89c"
  }

  # An incident has its page a moment after the link to it.
  custom_error_response {
    error_code            = 403
    error_caching_min_ttl = 10
  }

  restrictions {
    geo_restriction {
      restriction_type = "none"
    }
  }

  viewer_certificate {
    cloudfront_default_certificate = length(var.status_page.domains) == 0
    acm_certificate_arn            = var.status_page.certificate_arn
    ssl_support_method             = length(var.status_page.domains) == 0 ? null : "sni-only"
    minimum_protocol_version       = length(var.status_page.domains) == 0 ? null : "TLSv1.2_2021"
  }
}

# It may replace and remove the files of the page and no other object, and read what it published last. Without the right to
# list, S3 does not say that there is no such object yet.
resource "aws_iam_role_policy" "page" {
  count = var.status_page == null ? 0 : 1

  name = "publish-the-status-page"
  role = aws_iam_role.check.id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Effect   = "Allow"
        Action   = ["s3:DeleteObject", "s3:PutObject"]
        Resource = ["${aws_s3_bucket.page[0].arn}/${local.page_prefix}/*"]
      },
      {
        Effect   = "Allow"
        Action   = ["s3:GetObject"]
        Resource = [for file in ["days.json", "index.html", "manifest.json"] : "${aws_s3_bucket.page[0].arn}/${local.page_prefix}/${file}"]
      },
      {
        Effect   = "Allow"
        Action   = ["s3:ListBucket"]
        Resource = [aws_s3_bucket.page[0].arn]
      },
    ]
  })
}
