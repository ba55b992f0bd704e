//! Values as YAML. Every text reads back as itself, whatever is in it: it stands unquoted only if it is one of the
//! harmless ones, and otherwise in quotes, where YAML is JSON.

use serde_json::Value;

use crate::config::yaml::scalar;
use crate::config::yaml::tree::YamlTree;
use crate::monitor::is_hidden;

/// The quotes that a text is put into.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Quotes {
    /// As few as possible.
    Fewest,
    Single,
    Double,
}

/// Longest list that stands on one line.
const LINE: usize = 88;

/// Texts that other readers of YAML take for something else.
const OTHER_WORDS: [&str; 6] = ["y", "n", "yes", "no", "on", "off"];

/// On one line, as it may stand anywhere.
pub fn inline(value: &Value) -> String {
    match value {
        Value::Null | Value::Bool(_) | Value::Number(_) => value.to_string(),
        Value::String(text) => quoted(text, Quotes::Fewest),
        Value::Array(items) => format!("[{}]", items.iter().map(inline).collect::<Vec<_>>().join(", ")),
        Value::Object(fields) if fields.is_empty() => "{}".to_owned(),
        Value::Object(fields) => {
            let field = |(key, value): (&String, &Value)| pair_inline(key, value);
            format!("{{ {} }}", fields.iter().map(field).collect::<Vec<_>>().join(", "))
        }
    }
}

/// `key: value` on one line.
pub fn pair_inline(key: &str, value: &Value) -> String {
    format!("{}: {}", quoted(key, Quotes::Fewest), inline(value))
}

/// `key: value` with a line for each field; the lines after the first begin with `indent` spaces.
pub fn pair(key: &str, value: &Value, indent: usize) -> String {
    format!("{}:{}", quoted(key, Quotes::Fewest), after_colon(value, indent + 2))
}

/// What stands behind a colon, in lines that begin with `indent` spaces where it needs lines of its own.
pub fn after_colon(value: &Value, indent: usize) -> String {
    let margin = format!("\n{}", " ".repeat(indent));
    match value {
        Value::Object(fields) if !fields.is_empty() => {
            lines(&margin, fields.iter().map(|(key, value)| pair(key, value, indent)))
        }
        Value::Array(items) if needs_lines(items) => {
            lines(&margin, items.iter().map(|value| format!("-{}", item(value, indent + 2))))
        }
        Value::String(text) if is_block(text) => {
            let (header, body) = match text.strip_suffix('\n') {
                Some(body) => ("|", body),
                None => ("|-", text.as_str()),
            };
            let lines = body.split('\n').fold(String::new(), |text, line| match line {
                "" => text + "\n",
                line => text + &margin + line,
            });
            format!(" {header}{lines}")
        }
        value => format!(" {}", inline(value)),
    }
}

fn lines(margin: &str, lines: impl Iterator<Item = String>) -> String {
    lines.fold(String::new(), |text, line| text + margin + &line)
}

/// What stands behind a dash.
pub fn item(value: &Value, indent: usize) -> String {
    match value {
        Value::Object(fields) if !fields.is_empty() => {
            let margin = format!("\n{}", " ".repeat(indent));
            let pairs: Vec<_> = fields.iter().map(|(key, value)| pair(key, value, indent)).collect();
            format!(" {}", pairs.join(&margin))
        }
        value => after_colon(value, indent),
    }
}

/// A text in these quotes, or in others where it does not read back as itself in these.
pub fn quoted(text: &str, quotes: Quotes) -> String {
    let steers = text.contains(must_escape);
    match quotes {
        Quotes::Fewest if is_plain(text) => text.to_owned(),
        // Quotes and backslashes, as of patterns and JSON, are easier to read unescaped.
        Quotes::Fewest if !steers && text.contains(['"', '\\']) => single(text),
        Quotes::Single if !steers => single(text),
        Quotes::Fewest | Quotes::Single | Quotes::Double => double(text),
    }
}

fn single(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

fn double(text: &str) -> String {
    let mut quoted = String::from("\"");
    for c in text.chars() {
        match c {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            '\n' => quoted.push_str("\\n"),
            '\t' => quoted.push_str("\\t"),
            '\r' => quoted.push_str("\\r"),
            c if must_escape(c) => quoted.push_str(&escaped(c)),
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}

fn escaped(c: char) -> String {
    match u32::from(c) {
        code @ ..=0xffff => format!("\\u{code:04X}"),
        code => format!("\\U{code:08X}"),
    }
}

/// What must not stand in a file as it is: what steers an editor, and what YAML does not take for a character.
fn must_escape(c: char) -> bool {
    is_hidden(c) || (u32::from(c) & 0xfffe) == 0xfffe || matches!(c, '\u{e0000}'..='\u{e007f}')
}

/// Whether a text may stand without quotes wherever a value may, and is that text to every reader.
fn is_plain(text: &str) -> bool {
    let word = |c: char| c.is_alphanumeric() || matches!(c, '_' | '/' | '.' | '$' | '^');
    let inner = |c: char| {
        word(c) || matches!(c, ' ' | '-' | ':' | '?' | '=' | '&' | '+' | '@' | '~' | '%' | '(' | ')')
    };
    let like_a_number = |c: char| c.is_ascii_digit() || matches!(c, '+' | '-' | '.' | ':' | '_' | 'e' | 'E');
    text.starts_with(word)
        && text.chars().all(inner)
        && !text.ends_with([' ', ':'])
        && !text.contains(": ")
        && !text.starts_with("...")
        && !text.chars().all(like_a_number)
        && !OTHER_WORDS.iter().any(|other| text.eq_ignore_ascii_case(other))
        && scalar::resolve(text).is_ok_and(|tree| matches!(tree, YamlTree::Text(_)))
}

/// Whether a text of several lines may stand as such.
fn is_block(text: &str) -> bool {
    let (first, body) = (text.chars().next(), text.strip_suffix('\n').unwrap_or(text));
    text.contains('\n')
        && first.is_some_and(|first| !first.is_whitespace())
        && !body.ends_with('\n')
        && body.lines().all(|line| line.is_empty() || !line.trim().is_empty())
        && !text.contains(|c| c != '\n' && must_escape(c))
}

fn needs_lines(items: &[Value]) -> bool {
    let lines = |item: &Value| match item {
        Value::Object(fields) => !fields.is_empty(),
        Value::Array(items) => !items.is_empty(),
        Value::String(text) => is_block(text),
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
    };
    items.iter().any(lines) || items.iter().map(|item| inline(item).len() + 2).sum::<usize>() > LINE
}
