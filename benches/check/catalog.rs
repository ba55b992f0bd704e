//! A repository of N monitors, of the size that monitors have.

use std::fmt::Write as _;
use std::fs;
use std::io;
use std::net::SocketAddr;
use std::path::Path;

/// Monitors in one file, and so in one group: one message for each.
const PER_TEAM: usize = 100;

pub fn write(folder: &Path, size: usize, hosts: &[SocketAddr]) -> io::Result<()> {
    fs::write(folder.join("monitorctl.yaml"), "owner: bench/monitors\nenvironment: bench\n")?;
    for (team, first) in (0..size).step_by(PER_TEAM).enumerate() {
        let team = format!("team-{team:03}");
        let mut documents = String::new();
        for number in first..size.min(first + PER_TEAM) {
            let host = hosts[number % hosts.len()];
            let _ = writeln!(documents, "{}", monitor(number, &team, host));
        }
        let path = folder.join("monitors").join(&team);
        fs::create_dir_all(&path)?;
        fs::write(path.join("apis.yaml"), documents)?;
    }
    Ok(())
}

fn monitor(number: usize, team: &str, host: SocketAddr) -> String {
    format!(
        "\
---
id: {team}/api-{number:05}
name: API {number}
url: http://{host}/v1/accounts/{number}/health
headers: {{ accept: application/json }}
interval: 2m
timeout: 10s
expect:
  status: 200
  latency: {{ degraded: 5s, down: 8s }}
  headers: {{ content-type: {{ contains: json }} }}
  json:
    - {{ path: $.status, equals: up }}
    - {{ path: $.database.status, equals: up }}
alert: {{ failures: 2, severity: critical }}
team: {team}
tags: [checkout, eu]
runbook: https://wiki.example.com/{team}/api-{number:05}"
    )
}
