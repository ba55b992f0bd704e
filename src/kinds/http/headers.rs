//! Rules on header names and values that a schema cannot say.

use std::collections::BTreeMap;

use crate::written::{Code, Path, Violation};

/// Headers that the connection itself decides; one written by hand breaks the request.
const OWNED_BY_THE_CONNECTION: [&str; 9] = [
    "connection",
    "content-length",
    "host",
    "keep-alive",
    "proxy-connection",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
];

/// Request headers that may not be set.
pub fn forbidden<'a>(names: impl Iterator<Item = &'a String>, violations: &mut Vec<Violation>) {
    for name in names {
        if OWNED_BY_THE_CONNECTION.contains(&name.to_ascii_lowercase().as_str()) {
            violations.push(
                Violation::new(
                    Code::InvalidHeader,
                    Path::from("headers").key(name),
                    format!("the connection sets the header `{name}`"),
                )
                .on_key()
                .label("cannot be set")
                .help("remove it: the URL and the body determine it"),
            );
        }
    }
}

/// Names that differ only in case are one header.
pub fn twice<'a>(path: &Path, names: impl Iterator<Item = &'a String>, violations: &mut Vec<Violation>) {
    let mut names_so_far: BTreeMap<String, &String> = BTreeMap::new();
    for name in names {
        if let Some(first) = names_so_far.insert(name.to_ascii_lowercase(), name) {
            violations.push(
                Violation::new(
                    Code::DuplicateKey,
                    path.key(name),
                    format!("`{first}` and `{name}` are the same header"),
                )
                .on_key()
                .label("the same header")
                .also(path.key(first), "as this one")
                .help("keep one of them"),
            );
        }
    }
}
