//! Text with references to secrets in it. The value of a secret never enters these types.

use std::fmt;

/// How a literal `${` is written.
pub const ESCAPE: &str = "$${";

/// A text such as `Bearer ${env:TOKEN}`, taken apart.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Template {
    pieces: Vec<TemplatePiece>,
}

/// A part of a [`Template`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TemplatePiece {
    Text(String),
    Secret(SecretRef),
}

/// Where the value of a secret is to be had.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SecretRef {
    /// `${env:NAME}`: an environment variable of the machine that runs `check`.
    Env(String),
    /// `${ssm:/path}`: a parameter of AWS Systems Manager.
    Ssm(String),
    /// `${secretsmanager:id#key}`: one key of a JSON secret, or the whole one without `#key`.
    SecretsManager { id: String, key: Option<String> },
}

/// Why a text is not a template.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SecretError {
    #[error("`${{` is never closed by `}}`")]
    Unclosed,
    #[error(
        "{0:?} is not a reference to a secret: use ${{env:NAME}}, ${{ssm:/path}} or ${{secretsmanager:id#key}}"
    )]
    UnknownForm(String),
}

impl Template {
    /// Whether there is no text at all.
    pub fn is_empty(&self) -> bool {
        self.pieces.is_empty()
    }

    /// Takes `text` apart at each `${…}`. [`ESCAPE`] is a literal `${`.
    pub fn parse(text: &str) -> Result<Self, SecretError> {
        let mut pieces = Vec::new();
        let mut rest = text;
        // The text since the last reference.
        let mut literal = String::new();
        while let Some(start) = rest.find("${") {
            let after = &rest[start + 2..];
            if let Some(before) = rest[..start].strip_suffix('$') {
                literal.push_str(before);
                literal.push_str("${");
                rest = after;
                continue;
            }
            literal.push_str(&rest[..start]);
            if !literal.is_empty() {
                pieces.push(TemplatePiece::Text(std::mem::take(&mut literal)));
            }
            let end = after.find('}').ok_or(SecretError::Unclosed)?;
            pieces.push(TemplatePiece::Secret(SecretRef::parse(&after[..end])?));
            rest = &after[end + 1..];
        }
        literal.push_str(rest);
        if !literal.is_empty() {
            pieces.push(TemplatePiece::Text(literal));
        }
        Ok(Self { pieces })
    }

    pub fn pieces(&self) -> &[TemplatePiece] {
        &self.pieces
    }

    /// The references in it, in order.
    pub fn secrets(&self) -> impl Iterator<Item = &SecretRef> {
        self.pieces.iter().filter_map(|piece| match piece {
            TemplatePiece::Text(_) => None,
            TemplatePiece::Secret(secret) => Some(secret),
        })
    }

    /// The text with each secret replaced by what `value` gives for it; its error ends the work.
    pub fn fill<E>(&self, mut value: impl FnMut(&SecretRef) -> Result<String, E>) -> Result<String, E> {
        let mut text = String::new();
        for piece in &self.pieces {
            match piece {
                TemplatePiece::Text(part) => text.push_str(part),
                TemplatePiece::Secret(secret) => text.push_str(&value(secret)?),
            }
        }
        Ok(text)
    }
}

impl SecretRef {
    fn parse(inner: &str) -> Result<Self, SecretError> {
        let unknown = || SecretError::UnknownForm(format!("${{{inner}}}"));
        // A name with one of these comes from a slip, such as a value that was written into it.
        if inner.contains(|c: char| c.is_whitespace() || c.is_control() || matches!(c, '{' | '$')) {
            return Err(unknown());
        }
        let (kind, name) = inner.split_once(':').ok_or_else(unknown)?;
        match kind {
            "env" if is_variable_name(name) => Ok(Self::Env(name.to_owned())),
            "ssm" if name.starts_with('/') && name.len() > 1 => Ok(Self::Ssm(name.to_owned())),
            "secretsmanager" if !name.is_empty() => {
                let (id, key) = match name.split_once('#') {
                    Some((id, key)) => (id, Some(key.to_owned())),
                    None => (name, None),
                };
                if id.is_empty() || key.as_deref() == Some("") {
                    return Err(unknown());
                }
                Ok(Self::SecretsManager { id: id.to_owned(), key })
            }
            _ => Err(unknown()),
        }
    }
}

fn is_variable_name(name: &str) -> bool {
    let start = |c: char| c.is_ascii_alphabetic() || c == '_';
    name.starts_with(start) && name.chars().all(|c| start(c) || c.is_ascii_digit())
}

impl fmt::Display for Template {
    /// As it was written; references only, never values.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.pieces.iter().try_for_each(|piece| match piece {
            TemplatePiece::Text(text) => f.write_str(&text.replace("${", ESCAPE)),
            TemplatePiece::Secret(secret) => secret.fmt(f),
        })
    }
}

impl fmt::Display for SecretRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Env(name) => write!(f, "${{env:{name}}}"),
            Self::Ssm(path) => write!(f, "${{ssm:{path}}}"),
            Self::SecretsManager { id, key: Some(key) } => write!(f, "${{secretsmanager:{id}#{key}}}"),
            Self::SecretsManager { id, key: None } => write!(f, "${{secretsmanager:{id}}}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_template_reads_back_as_it_was_written() {
        for text in [
            "",
            "plain",
            "Bearer ${env:TOKEN}",
            "${ssm:/prod/token}${env:_X1}!",
            "a ${secretsmanager:prod/db#password} b",
            "${secretsmanager:whole}",
            "costs $5 {not a secret}",
            "a $${env:A} ${env:B} $${",
        ] {
            assert_eq!(Template::parse(text).expect(text).to_string(), text);
        }
    }

    #[test]
    fn a_reference_of_unknown_form_is_refused() {
        for text in [
            "${",
            "${env:}",
            "${env:1X}",
            "${TOKEN}",
            "${ssm:no-slash}",
            "${vault:x}",
            "${secretsmanager:#k}",
            "${ssm:/st ag/token}",
            "${ssm:/a\n}",
            "${secretsmanager:a b}",
            "${ssm:/${env:A}}",
        ] {
            assert!(Template::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_secret_that_cannot_be_had_stops_the_filling() {
        let template = Template::parse("a${env:B}c").expect("valid");
        assert_eq!(template.fill(|_| Ok::<_, ()>("-".to_owned())), Ok("a-c".to_owned()));
        assert_eq!(template.fill(|secret| Err(secret.clone())), Err(SecretRef::Env("B".to_owned())));
    }
}
