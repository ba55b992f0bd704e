//! A client of the language server protocol, as small as the tests need it.

use std::collections::HashMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use serde_json::{Value, json};

/// The server that editors run on YAML, with our schemas.
pub struct Server {
    process: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
    settings: Value,
    last: u64,
    /// What was published of each document.
    diagnostics: HashMap<String, Value>,
}

impl Server {
    /// Starts the server that npm put into `modules`, for documents in `folder`.
    pub fn start(modules: &Path, schemas: &Path) -> Self {
        let mut process = Command::new("node")
            .arg(modules.join("yaml-language-server/bin/yaml-language-server"))
            .arg("--stdio")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("node starts");
        let input = process.stdin.take().expect("a pipe");
        let output = BufReader::new(process.stdout.take().expect("a pipe"));
        let schema = |name: &str| format!("file://{}", schemas.join(name).display());
        let settings = json!({
            "validate": true, "hover": true, "completion": true, "schemaStore": {"enable": false},
            "schemas": {
                schema("monitor.schema.json"): "monitors/*.yaml",
                schema("settings.schema.json"): "monitorctl.yaml",
                schema("page.schema.json"): ["status.yaml", "*.status.yaml"],
            },
        });
        let diagnostics = HashMap::new();
        let mut server = Self { process, input, output, settings, last: 0, diagnostics };
        let capabilities = json!({
            "textDocument": {
                "completion": {"completionItem": {"snippetSupport": true, "documentationFormat": ["markdown"]}},
                "hover": {"contentFormat": ["markdown"]},
            },
            "workspace": {"configuration": true},
        });
        server.ask("initialize", &json!({"processId": null, "rootUri": null, "capabilities": capabilities}));
        server.notify("initialized", &json!({}));
        let settings = json!({"settings": {"yaml": server.settings}});
        server.notify("workspace/didChangeConfiguration", &settings);
        server
    }

    /// Opens a document and waits for what the server says of it.
    pub fn open(&mut self, name: &str, text: &str) -> Value {
        let uri = uri(name);
        let document = json!({"uri": uri, "languageId": "yaml", "version": 1, "text": text});
        self.notify("textDocument/didOpen", &json!({"textDocument": document}));
        loop {
            if let Some(found) = self.diagnostics.remove(&uri) {
                return found;
            }
            let message = self.read();
            self.take(&message);
        }
    }

    /// What is shown at a place, both numbers from 0.
    pub fn hover(&mut self, name: &str, line: u32, column: u32) -> String {
        let answer = self.ask("textDocument/hover", &at(name, line, column));
        answer["contents"]["value"].as_str().unwrap_or_default().to_owned()
    }

    /// What is proposed at a place: label and inserted text.
    pub fn completion(&mut self, name: &str, line: u32, column: u32) -> Vec<(String, String)> {
        let answer = self.ask("textDocument/completion", &at(name, line, column));
        let items = answer["items"].as_array().or(answer.as_array()).cloned().unwrap_or_default();
        let text = |item: &Value, key: &str| item[key].as_str().unwrap_or_default().to_owned();
        items.iter().map(|item| (text(item, "label"), text(item, "insertText"))).collect()
    }

    fn ask(&mut self, method: &str, params: &Value) -> Value {
        self.last += 1;
        let id = self.last;
        self.send(&json!({"jsonrpc": "2.0", "id": id, "method": method, "params": params}));
        loop {
            let message = self.read();
            if message["id"] == id && message["method"].is_null() {
                assert!(message["error"].is_null(), "{method}: {message}");
                return message["result"].clone();
            }
            self.take(&message);
        }
    }

    fn notify(&mut self, method: &str, params: &Value) {
        self.send(&json!({"jsonrpc": "2.0", "method": method, "params": params}));
    }

    /// Answers what the server asks, and keeps what it publishes.
    fn take(&mut self, message: &Value) {
        if message["method"] == "textDocument/publishDiagnostics" {
            let uri = message["params"]["uri"].as_str().unwrap_or_default().to_owned();
            self.diagnostics.insert(uri, message["params"]["diagnostics"].clone());
            return;
        }
        if message["id"].is_null() || message["method"].is_null() {
            return;
        }
        let result = if message["method"] == "workspace/configuration" {
            let items = message["params"]["items"].as_array().cloned().unwrap_or_default();
            let section =
                |item: Value| if item["section"] == "yaml" { self.settings.clone() } else { json!({}) };
            items.into_iter().map(section).collect()
        } else {
            Value::Null
        };
        self.send(&json!({"jsonrpc": "2.0", "id": message["id"], "result": result}));
    }

    fn send(&mut self, message: &Value) {
        let text = message.to_string();
        write!(self.input, "Content-Length: {}\r\n\r\n{text}", text.len()).expect("the server reads");
        self.input.flush().expect("the server reads");
    }

    fn read(&mut self) -> Value {
        let mut length = 0;
        loop {
            let mut line = String::new();
            let read = self.output.read_line(&mut line).expect("the server writes");
            assert!(read > 0, "the server ended");
            match line.trim().split_once(": ") {
                Some(("Content-Length", number)) => length = number.parse().expect("a number"),
                Some(_) => {}
                None => break,
            }
        }
        let mut text = vec![0; length];
        self.output.read_exact(&mut text).expect("the server writes");
        serde_json::from_slice(&text).expect("JSON")
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn uri(name: &str) -> String {
    format!("file:///repository/{name}")
}

fn at(name: &str, line: u32, column: u32) -> Value {
    json!({"textDocument": {"uri": uri(name)}, "position": {"line": line, "character": column}})
}
