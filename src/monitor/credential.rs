//! Which request headers carry a credential: kept out of files, plans and other origins; and what of them may be shown.

use crate::value::{Template, TemplatePiece};

/// Headers that carry nothing but a credential, whatever their value was filled from.
const HEADERS: [&str; 10] = [
    "authorization",
    "proxy-authorization",
    "cookie",
    "x-api-key",
    "api-key",
    "apikey",
    "x-auth-token",
    "x-access-token",
    "x-amz-security-token",
    "private-token",
];

/// Whether the header of this name, in any case, carries a credential.
pub fn is_credential_header(name: &str) -> bool {
    HEADERS.iter().any(|header| header.eq_ignore_ascii_case(name))
}

/// Takes the place of a text that is never shown.
pub const HIDDEN: &str = "***";

/// The value of such a header as it may be shown: `Bearer ${env:TOKEN}`. The name of a secret is what a reviewer has to
/// see. Text beside it may be a part of the credential, unless it says how that is sent. A value without a reference is
/// hidden as a whole.
pub fn shown_credential(name: &str, value: &str) -> String {
    let Ok(template) = Template::parse(value) else { return HIDDEN.to_owned() };
    if template.secrets().next().is_none() {
        return HIDDEN.to_owned();
    }
    let is_cookie = name.eq_ignore_ascii_case("cookie");
    let has_scheme =
        ["authorization", "proxy-authorization"].iter().any(|one| one.eq_ignore_ascii_case(name));
    let shown = template.pieces().iter().enumerate().map(|(index, piece)| match piece {
        TemplatePiece::Secret(secret) => secret.to_string(),
        TemplatePiece::Text(text) if is_cookie => {
            text.split_inclusive(';').map(shown_cookie).collect::<Vec<_>>().concat()
        }
        TemplatePiece::Text(text) => {
            let rest = if has_scheme && index == 0 { after_scheme(text) } else { text };
            format!("{}{}", &text[..text.len() - rest.len()], hidden(rest))
        }
    });
    shown.collect()
}

/// What stands behind the scheme of `Bearer …` and its blanks; everything if there is no scheme.
fn after_scheme(text: &str) -> &str {
    const LONGEST: usize = 20;
    match text.split_once(' ') {
        Some((scheme, rest))
            if scheme.len() <= LONGEST && scheme.chars().all(|c| c.is_ascii_alphabetic() || c == '-') =>
        {
            rest.trim_start()
        }
        Some(_) | None => text,
    }
}

/// `theme=***;`, `session=`: the name of a pair, and that it has a value.
fn shown_cookie(pair: &str) -> String {
    let (pair, end) = pair.strip_suffix(';').map_or((pair, ""), |pair| (pair, ";"));
    match pair.split_once('=') {
        Some((name, value)) => format!("{name}={}{end}", hidden(value)),
        None => format!("{}{end}", hidden(pair)),
    }
}

/// The blanks around a text, and in the place of the text that there is one.
fn hidden(text: &str) -> String {
    let inner = text.trim();
    if inner.is_empty() { text.to_owned() } else { text.replacen(inner, HIDDEN, 1) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_are_shown_whole_and_text_beside_them_only_where_it_is_no_part_of_the_credential() {
        for (name, value, expected) in [
            ("authorization", "Bearer ${env:TOKEN}", "Bearer ${env:TOKEN}"),
            ("Authorization", "${ssm:/prod/a}", "${ssm:/prod/a}"),
            ("x-api-key", "${secretsmanager:prod/api#key}", "${secretsmanager:prod/api#key}"),
            ("authorization", "Bearer hunter2", "***"),
            ("authorization", "Basic dXNlcjo=${env:TOKEN}", "Basic ***${env:TOKEN}"),
            ("authorization", "hunter2 ${env:TOKEN}", "*** ${env:TOKEN}"),
            ("authorization", "${env:USER}:hunter2", "${env:USER}***"),
            ("x-api-key", "hunter ${env:KEY}", "*** ${env:KEY}"),
            ("cookie", "theme=dark; session=${env:S}; a", "theme=***; session=${env:S}; ***"),
            ("cookie", "session=hunter2", "***"),
            ("authorization", "Bearer ${nonsense}", "***"),
            ("authorization", "", "***"),
        ] {
            assert_eq!(shown_credential(name, value), expected, "{name}: {value}");
        }
    }
}
