//! A request, read from a connection.

use std::io::{BufRead, Error, ErrorKind, Result};

use serde_json::Value;
use url::form_urlencoded;

/// Bytes that no service reads; more than each of their own limits.
const LARGEST: usize = 16 * 1024 * 1024;

#[derive(Debug, Clone)]
pub struct Request {
    pub method: String,
    /// Without the query.
    pub path: String,
    query: Vec<(String, String)>,
    /// Names in lower case.
    headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Request {
    /// A POST of JSON, for a service that is asked without a connection.
    pub fn post(url: &str, headers: &[(&str, &str)], body: &str) -> Self {
        let url = url::Url::parse(url).expect("a URL");
        let kind = [("content-type", "application/json"), ("user-agent", "monitorctl")];
        let headers =
            kind.iter().chain(headers).map(|(name, value)| (name.to_lowercase(), (*value).to_owned()));
        Self {
            method: "POST".to_owned(),
            path: url.path().to_owned(),
            query: url.query_pairs().into_owned().collect(),
            headers: headers.collect(),
            body: body.as_bytes().to_vec(),
        }
    }

    /// The next request of a connection; `None` if the client has had enough.
    pub fn read(reader: &mut impl BufRead) -> Result<Option<Self>> {
        let Some(first) = line(reader)? else { return Ok(None) };
        let mut words = first.split(' ');
        let (Some(method), Some(target)) = (words.next(), words.next()) else {
            return Err(bad("no request line"));
        };
        let mut headers = Vec::new();
        while let Some(header) = line(reader)?.filter(|header| !header.is_empty()) {
            let (name, value) = header.split_once(':').ok_or_else(|| bad("no colon in a header"))?;
            headers.push((name.to_lowercase(), value.trim().to_owned()));
        }
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let mut request = Self {
            method: method.to_owned(),
            path: path.to_owned(),
            query: form_urlencoded::parse(query.as_bytes()).into_owned().collect(),
            headers,
            body: Vec::new(),
        };
        if request.header("transfer-encoding").is_some() {
            return Err(bad("the stub reads no chunks"));
        }
        let length =
            request.header("content-length").map_or(Ok(0), str::parse).map_err(|_| bad("no length"))?;
        if length > LARGEST {
            return Err(bad("a body without end"));
        }
        request.body = vec![0; length];
        reader.read_exact(&mut request.body)?;
        Ok(Some(request))
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    pub fn query(&self, name: &str) -> Option<&str> {
        self.query.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// Its body, if it is JSON and says so.
    pub fn json(&self) -> Option<Value> {
        let kind = self.header("content-type")?.split(';').next()?.trim().to_lowercase();
        (kind == "application/json").then(|| serde_json::from_slice(&self.body).ok())?
    }

    /// The parameters of a form.
    pub fn form(&self) -> Vec<(String, String)> {
        form_urlencoded::parse(&self.body).into_owned().collect()
    }
}

fn line(reader: &mut impl BufRead) -> Result<Option<String>> {
    let mut line = String::new();
    let read = reader.read_line(&mut line)?;
    Ok((read > 0).then(|| line.trim_end_matches(['\r', '\n']).to_owned()))
}

fn bad(what: &str) -> Error {
    Error::new(ErrorKind::InvalidData, what)
}
