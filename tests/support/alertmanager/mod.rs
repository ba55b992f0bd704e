//! Alertmanager itself, on loopback, with a webhook that it sends its groups to.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tempfile::TempDir;

/// Its name on Debian, and as its makers call it.
const PROGRAMS: &[&str] = &["prometheus-alertmanager", "alertmanager"];

/// How long it may take to start.
const PATIENCE: Duration = Duration::from_secs(30);

/// Ends the program with the standard input of this shell, so that it never outlives the test, however that ended.
const LEASH: &str = r#""$@" & program=$!; cat >/dev/null; kill "$program"; wait "$program""#;

/// A running Alertmanager. It ends with the test that holds it.
pub struct Alertmanager {
    address: String,
    process: Child,
    _folder: TempDir,
}

impl Alertmanager {
    /// Groups alerts by these labels, and sends each group at once to `webhook`, and again when it has changed.
    pub fn start(webhook: &str, group_by: &[&str]) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let config = folder.path().join("alertmanager.yml");
        // YAML takes JSON.
        let route = json!({
            "receiver": "stub", "group_by": group_by,
            "group_wait": "0s", "group_interval": "1s", "repeat_interval": "1h",
        });
        let receiver = json!({"name": "stub", "webhook_configs": [{"url": webhook, "send_resolved": true}]});
        std::fs::write(&config, json!({"route": route, "receivers": [receiver]}).to_string())
            .expect("a file");
        let address = free_address();
        let process = Command::new("sh")
            .args(["-c", LEASH, "alertmanager", program()])
            .arg(format!("--config.file={}", config.display()))
            .arg(format!("--storage.path={}", folder.path().join("data").display()))
            .arg(format!("--web.listen-address={address}"))
            .arg(format!("--web.external-url=http://{address}"))
            // Alone: no cluster, and no port for it.
            .args(["--cluster.listen-address=", "--log.level=error"])
            .stdin(Stdio::piped())
            .spawn()
            .expect("a shell");
        let alertmanager = Self { address, process, _folder: folder };
        alertmanager.wait_until_ready();
        alertmanager
    }

    /// What a channel is given.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The alerts that fire, as its API shows them.
    pub fn alerts(&self) -> Vec<Value> {
        let (status, body) = request(&self.address, "GET", "/api/v2/alerts", "").expect("it answers");
        assert_eq!(status, 200, "{body}");
        serde_json::from_str(&body).expect("a list of alerts")
    }

    /// Posts alerts, and gives the status and the body of the answer.
    pub fn post(&self, alerts: &Value) -> (u16, String) {
        post(&self.url(), alerts).expect("it answers")
    }

    fn wait_until_ready(&self) {
        let begun = Instant::now();
        while request(&self.address, "GET", "/-/ready", "").is_none_or(|(status, _)| status != 200) {
            assert!(begun.elapsed() < PATIENCE, "Alertmanager did not start; see above");
            // There is nothing to wait for but its port.
            thread::sleep(Duration::from_millis(20));
        }
    }
}

/// Posts alerts to whatever is at this URL.
pub fn post(url: &str, alerts: &Value) -> Option<(u16, String)> {
    request(url.strip_prefix("http://")?, "POST", "/api/v2/alerts", &alerts.to_string())
}

/// By HTTP/1.0, whose answers have no chunks.
fn request(address: &str, method: &str, path: &str, body: &str) -> Option<(u16, String)> {
    let mut stream = TcpStream::connect(address).ok()?;
    let head = format!("{method} {path} HTTP/1.0\r\ncontent-type: application/json\r\n");
    write!(stream, "{head}content-length: {}\r\n\r\n{body}", body.len()).ok()?;
    // Its server takes the end of what it can read for the end of the client, so this side stays open.
    let mut answer = BufReader::new(stream);
    let (mut head, mut body) = (String::new(), Vec::new());
    while !head.ends_with("\r\n\r\n") {
        if answer.read_line(&mut head).ok()? == 0 {
            return None;
        }
    }
    let length = head.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("content-length").then(|| value.trim().parse().ok()).flatten()
    });
    // The stub leaves the connection open, and Alertmanager gives a long answer no length but closes it.
    answer.take(length.unwrap_or(u64::MAX)).read_to_end(&mut body).ok()?;
    let body = String::from_utf8(body).ok()?;
    Some((head.split(' ').nth(1)?.parse().ok()?, body.trim_end().to_owned()))
}

impl Drop for Alertmanager {
    fn drop(&mut self) {
        // The leash: without its input, the shell ends the program and itself.
        drop(self.process.stdin.take());
        let _ = self.process.wait();
    }
}

/// A port that was free a moment ago: the program takes no port 0.
fn free_address() -> String {
    TcpListener::bind("127.0.0.1:0")
        .and_then(|listener| listener.local_addr())
        .expect("a free port")
        .to_string()
}

fn program() -> &'static str {
    let is_there = |program: &&&str| Command::new(program).arg("--version").output().is_ok();
    PROGRAMS.iter().find(is_there).unwrap_or_else(|| {
        panic!("these tests need Alertmanager: on Debian, apt-get install prometheus-alertmanager")
    })
}
