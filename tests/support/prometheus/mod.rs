//! What reads metrics and rules as Prometheus does: `promtool`, and the parser of its Python client.

#[path = "../python.rs"]
mod python;

use std::io::Write;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use serde_json::Value;

/// Reads a file of metrics: a list of names, labels and values.
const PARSER: &str = "
import json, sys
from prometheus_client.parser import text_string_to_metric_families
samples = [sample for family in text_string_to_metric_families(sys.stdin.read()) for sample in family.samples]
print(json.dumps([[sample.name, sample.labels, sample.value] for sample in samples]))
";

/// Runs promtool in a folder. Panics with what to install if it is missing.
pub fn promtool(folder: &Path, args: &[&str], input: &str) -> Output {
    let help = "these tests need promtool: on Debian, apt-get install --no-install-recommends prometheus";
    let mut command = Command::new("promtool");
    command.current_dir(folder).args(args);
    run(&mut command, input).unwrap_or_else(|error| panic!("promtool: {error}\n{help}"))
}

/// The samples of a file of metrics, as the Python client reads them.
pub fn parsed(text: &str) -> Vec<Value> {
    let mut command = Command::new(python::python("prometheus"));
    let output = run(command.args(["-c", PARSER]), text).expect("python runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).expect("JSON")
}

fn run(command: &mut Command, input: &str) -> std::io::Result<Output> {
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn()?;
    child.stdin.take().expect("a pipe").write_all(input.as_bytes())?;
    child.wait_with_output()
}
