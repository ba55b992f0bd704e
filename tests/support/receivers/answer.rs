//! An answer, written to a connection.

use std::fmt::Write as _;
use std::io::{Result, Write};

use serde_json::Value;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    pub status: u16,
    headers: Vec<(&'static str, String)>,
    pub body: String,
}

impl Answer {
    pub fn text(status: u16, body: &str) -> Self {
        Self { status, headers: vec![("content-type", "text/plain".to_owned())], body: body.to_owned() }
    }

    pub fn json(status: u16, body: &Value) -> Self {
        let headers = vec![("content-type", "application/json".to_owned())];
        Self { status, headers, body: body.to_string() }
    }

    pub fn with(mut self, name: &'static str, value: &(impl ToString + ?Sized)) -> Self {
        self.headers.push((name, value.to_string()));
        self
    }

    pub fn write(&self, to: &mut impl Write) -> Result<()> {
        let mut head = format!("HTTP/1.1 {} X\r\n", self.status);
        // RFC 9110, section 8.6: an answer without content has no length.
        if self.status != 204 {
            let _ = write!(head, "content-length: {}\r\n", self.body.len());
        }
        for (name, value) in &self.headers {
            let _ = write!(head, "{name}: {value}\r\n");
        }
        write!(to, "{head}\r\n{}", self.body)?;
        to.flush()
    }
}
