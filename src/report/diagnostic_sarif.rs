//! Diagnostics in SARIF 2.1.0, the format in which code scanning takes the findings of any tool.

use serde_json::{Value, json};

use super::diagnostic::in_one_line;
use super::most::{FOR_PROGRAMS, most};
use super::workflow::inert_json;
use crate::config::{Code, Diagnostic, DiagnosticSeverity, Related, TextSpan};

/// The schema of the format, which is part of its name.
const SCHEMA: &str =
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

/// What relative paths are relative to: the root of the source, wherever it was checked out.
const ROOT: &str = "%SRCROOT%";

/// One run with every rule that there is, and a result for each diagnostic; of very many, how many more there are.
pub fn diagnostics_sarif(diagnostics: &[Diagnostic]) -> String {
    let most = most(diagnostics, FOR_PROGRAMS);
    let mut log = json!({
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [{
            "tool": {"driver": {
                "name": "monitorctl",
                "version": env!("CARGO_PKG_VERSION"),
                "semanticVersion": env!("CARGO_PKG_VERSION"),
                "rules": Code::ALL.iter().map(|code| rule(*code)).collect::<Vec<_>>(),
            }},
            // Columns count characters, as in every other format.
            "columnKind": "unicodeCodePoints",
            "results": most.shown.iter().map(|diagnostic| result(diagnostic)).collect::<Vec<_>>(),
        }],
    });
    if let Some(rest) = most.rest() {
        let notice = json!({"level": "warning", "message": {"text": rest}});
        log["runs"][0]["invocations"] =
            json!([{"executionSuccessful": true, "toolExecutionNotifications": [notice]}]);
    }
    inert_json(&format!("{log:#}\n"))
}

fn rule(code: Code) -> Value {
    json!({
        "id": code.as_str(),
        "shortDescription": {"text": code.about()},
        "defaultConfiguration": {"level": level(code.severity())},
    })
}

fn level(severity: DiagnosticSeverity) -> &'static str {
    match severity {
        DiagnosticSeverity::Error => "error",
        DiagnosticSeverity::Warning => "warning",
    }
}

fn result(diagnostic: &Diagnostic) -> Value {
    let Diagnostic { file, span, severity, code, message: _, label, help: _, related, variables: _ } =
        diagnostic;
    let text = in_one_line(diagnostic);
    let mut place = location(file, *span);
    if !label.is_empty() {
        place["message"] = json!({"text": label});
    }
    let mut result = json!({
        "ruleId": code.as_str(),
        "ruleIndex": Code::ALL.iter().position(|known| known == code),
        "level": level(*severity),
        "message": {"text": text},
        "locations": [place],
    });
    let others: Vec<Value> = (1..).zip(related).map(|(id, related)| other(id, related)).collect();
    if !others.is_empty() {
        result["relatedLocations"] = others.into();
    }
    result
}

fn other(id: usize, Related { file, span, label }: &Related) -> Value {
    let mut place = location(file, *span);
    place["id"] = id.into();
    place["message"] = json!({"text": label});
    place
}

fn location(file: &str, span: TextSpan) -> Value {
    let TextSpan { offset, length, line, column, end_line, end_column } = span;
    let mut artifact = json!({"uri": uri(file)});
    if !file.starts_with('/') {
        artifact["uriBaseId"] = ROOT.into();
    }
    json!({"physicalLocation": {
        "artifactLocation": artifact,
        "region": {
            "startLine": line,
            "startColumn": column,
            "endLine": end_line,
            "endColumn": end_column,
            "byteOffset": offset,
            "byteLength": length,
        },
    }})
}

/// A path as a URI: what is no letter, digit or one of `-._~/` stands as its bytes in hexadecimal.
fn uri(path: &str) -> String {
    let start = if path.starts_with('/') { "file://" } else { "" };
    let encoded = path.bytes().map(|byte| match byte {
        b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => {
            char::from(byte).to_string()
        }
        _ => format!("%{byte:02X}"),
    });
    std::iter::once(start.to_owned()).chain(encoded).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_a_uri_whatever_is_in_it() {
        for (path, expected) in [
            ("monitors/eu/a-b_c.yaml", "monitors/eu/a-b_c.yaml"),
            ("monitors/a b#c?d%e:é.yaml", "monitors/a%20b%23c%3Fd%25e%3A%C3%A9.yaml"),
            ("/srv/a.yaml", "file:///srv/a.yaml"),
            ("<stdin>", "%3Cstdin%3E"),
        ] {
            assert_eq!(uri(path), expected);
        }
    }
}
