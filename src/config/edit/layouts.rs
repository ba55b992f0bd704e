//! Monitors written in ever other ways, for the laws.

use std::fmt::Write as _;

use serde_json::{Map, Value, json};

use super::emit::{self, Quotes};

/// Writes fields in ever other ways, as drawn.
pub struct Writer {
    draws: Vec<u8>,
    drawn: usize,
    comments: usize,
    /// What has a name in the document that is written.
    anchors: Vec<(String, Value)>,
}

impl Writer {
    pub fn new(draws: Vec<u8>) -> Self {
        Self { draws, drawn: 0, comments: 0, anchors: Vec::new() }
    }

    pub fn draw(&mut self, of: u8) -> u8 {
        self.drawn += 1;
        self.draws[self.drawn % self.draws.len()] % of
    }

    fn comment(&mut self) -> String {
        self.comments += 1;
        format!("# note {}", self.comments)
    }

    pub fn document(&mut self, id: &str, fields: &Map<String, Value>) -> String {
        self.anchors.clear();
        let mut fields: Vec<_> = fields.clone().into_iter().collect();
        let at = usize::from(self.draw(3)).min(fields.len());
        fields.insert(at, ("id".to_owned(), json!(id)));
        if self.draw(8) == 0 {
            let fields: Map<_, _> = fields.into_iter().collect();
            return format!("{}\n", self.flow(&Value::Object(fields)));
        }
        let fields: Map<_, _> = fields.into_iter().collect();
        self.block(&fields, 0)
    }

    fn block(&mut self, fields: &Map<String, Value>, indent: usize) -> String {
        let margin = " ".repeat(indent);
        let mut text = String::new();
        for (key, value) in fields {
            if self.draw(4) == 0 {
                let _ = writeln!(text, "{margin}{}", self.comment());
            }
            if self.draw(9) == 0 {
                text.push('\n');
            }
            let key = match self.draw(6) {
                0 => emit::quoted(key, Quotes::Single),
                1 => emit::quoted(key, Quotes::Double),
                _ => emit::quoted(key, Quotes::Fewest),
            };
            if let Some(alias) = self.alias(value) {
                let _ = writeln!(text, "{margin}{key}: {alias}");
                continue;
            }
            let name = format!("a{}", self.drawn);
            let anchor = if self.draw(3) == 0 { format!(" &{name}") } else { String::new() };
            let _ = write!(text, "{margin}{key}:{anchor}{}", self.value(value, indent));
            if !anchor.is_empty() {
                self.anchors.push((name, value.clone()));
            }
        }
        text
    }

    /// The value by a name that it, or a part of it, has already.
    fn alias(&mut self, value: &Value) -> Option<String> {
        if self.draw(2) == 0 {
            return None;
        }
        let named = self.anchors.clone().into_iter().find(|(_, named)| match (named, value) {
            (Value::Object(named), Value::Object(all)) => {
                !named.is_empty() && named.iter().all(|(key, value)| all.get(key) == Some(value))
            }
            (named, value) => named == value,
        });
        let (name, named) = named?;
        let Value::Object(all) = value else { return Some(format!("*{name}")) };
        let rest: Vec<_> = all.iter().filter(|(key, _)| named.get(key).is_none()).collect();
        if rest.is_empty() {
            return Some(format!("*{name}"));
        }
        let rest: Vec<_> = rest.into_iter().map(|(key, value)| emit::pair_inline(key, value)).collect();
        Some(format!("{{ <<: *{name}, {} }}", rest.join(", ")))
    }

    /// What stands behind a colon, up to and with its line end.
    fn value(&mut self, value: &Value, indent: usize) -> String {
        let behind = if self.draw(4) == 0 { format!(" {}", self.comment()) } else { String::new() };
        match value {
            Value::Object(fields) if !fields.is_empty() && self.draw(2) == 0 => {
                let deeper = indent + 1 + usize::from(self.draw(4));
                format!("{behind}\n{}", self.block(fields, deeper))
            }
            Value::Array(items) if !items.is_empty() && self.draw(2) == 0 => {
                let deeper = indent + usize::from(self.draw(3));
                let mut text = format!("{behind}\n");
                for item in items {
                    if self.draw(4) == 0 {
                        let _ = writeln!(text, "{}{}", " ".repeat(deeper), self.comment());
                    }
                    let item = match item {
                        Value::Object(_) => emit::item(item, deeper + 2),
                        item => format!(" {}", self.flow(item)),
                    };
                    let note = if self.draw(4) == 0 { format!(" {}", self.comment()) } else { String::new() };
                    let _ = writeln!(text, "{}-{item}{note}", " ".repeat(deeper));
                }
                text
            }
            Value::String(lines) if lines.contains('\n') && behind.is_empty() => {
                format!("{}\n", emit::after_colon(value, indent + 2))
            }
            value => format!(" {}{behind}\n", self.flow(value)),
        }
    }

    fn flow(&mut self, value: &Value) -> String {
        let gap = if self.draw(5) == 0 { format!(" {}\n         ", self.comment()) } else { " ".to_owned() };
        match value {
            Value::Object(fields) if !fields.is_empty() => {
                let pairs: Vec<_> = fields
                    .iter()
                    .map(|(key, value)| {
                        format!("{}: {}", emit::quoted(key, Quotes::Fewest), self.flow(value))
                    })
                    .collect();
                let last = if self.draw(3) == 0 { "," } else { "" };
                format!("{{ {}{last} }}", pairs.join(&format!(",{gap}")))
            }
            Value::Array(items) => {
                let items: Vec<_> = items.iter().map(|item| self.flow(item)).collect();
                format!("[{}]", items.join(&format!(",{gap}")))
            }
            Value::String(text) => match self.draw(3) {
                0 => emit::quoted(text, Quotes::Single),
                1 => emit::quoted(text, Quotes::Double),
                _ => emit::quoted(text, Quotes::Fewest),
            },
            value => emit::inline(value),
        }
    }
}
