//! The files of the tour's repository.

use std::net::SocketAddr;

/// The settings of the repository: the owner of the monitors.
pub const SETTINGS: &str = "\
# yaml-language-server: $schema=schema/settings.schema.json
owner: shop/monitors
";

/// What the customers of the shop see.
pub const STATUS_PAGE: &str = "\
# yaml-language-server: $schema=schema/page.schema.json
id: shop
title: The Shop
url: https://status.shop.example
components:
  - { name: Shop, monitors: [shop, search] }
  - { name: Payments, monitors: [payments] }
";

/// The whole monitor of the shop's front.
pub fn shop(api: SocketAddr) -> String {
    format!(
        "\
# yaml-language-server: $schema=../schema/monitor.schema.json
id: shop
url: http://{api}/shop
expect:
  status: 200
  headers: {{ content-type: {{ contains: json }} }}
"
    )
}

/// The critical monitor, with strict expectations.
pub fn payments(api: SocketAddr) -> String {
    format!(
        "\
# yaml-language-server: $schema=../schema/monitor.schema.json
id: payments
name: Payments API
url: http://{api}/payments
expect:
  status: 200
  json: [ {{ path: $.database, equals: connected }} ]
alert: {{ failures: 2, severity: critical }}    # one failure is noise, two in a row are an outage
runbook: https://wiki.example.com/payments
"
    )
}

/// Slow is not down, but worth knowing.
pub fn search(api: SocketAddr) -> String {
    format!(
        "\
# yaml-language-server: $schema=../schema/monitor.schema.json
id: search
url: http://{api}/search
expect:
  status: 200
  latency: {{ degraded: 300ms, down: 5s }}
alert: {{ failures: 5, severity: warning }}    # slow is not down: a warning after five
"
    )
}

/// The same with two typing errors.
pub fn search_with_slips(api: SocketAddr) -> String {
    search(api).replace("latency:", "latncy:").replace("severity: warning", "severity: warnin")
}
