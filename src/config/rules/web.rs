//! URLs: what may be probed.

use crate::kinds::KindName;
use crate::monitor::{Template, TemplatePiece};
use crate::written::{Path, Violation};

/// Stands for a secret when the rest of a URL is looked at.
const PLACEHOLDER: &str = "secret";

/// What is wrong with the URL of a monitor. `None` where a secret hides too much of it to say.
pub fn url_violation(path: &Path, template: &Template) -> Option<Violation> {
    if matches!(template.pieces().first(), None | Some(TemplatePiece::Secret(_))) {
        return None;
    }
    let text = with_placeholders(template);
    let check = KindName::of_url(&text).url_form().check;
    let violation = check(path, &text)?;
    // A secret may be a port, which is a number.
    let is_secret = template.secrets().next().is_some();
    let is_port = is_secret && check(path, &text.replace(PLACEHOLDER, "1")).is_none();
    (!is_port).then_some(violation)
}

fn with_placeholders(template: &Template) -> String {
    let pieces = template.pieces().iter().map(|piece| match piece {
        TemplatePiece::Text(text) => text.as_str(),
        TemplatePiece::Secret(_) => PLACEHOLDER,
    });
    pieces.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_connection_is_named_by_a_host_and_a_port_in_one_spelling() {
        for (text, expected) in [
            ("tcp://Mail.example:25", Some("tcp://mail.example:25")),
            ("tcp://mail.example:025/", Some("tcp://mail.example:25")),
            ("tls://a.example:80", Some("tls://a.example:80")),
            ("tcp://[::1]:6379", Some("tcp://[::1]:6379")),
            ("tcp://b\u{fc}cher.example:1", Some("tcp://xn--bcher-kva.example:1")),
            ("tcp://mail.example", None),
            ("tcp://mail.example:", None),
            ("tcp://mail.example:0", None),
            ("tcp://mail.example:99999", None),
            ("tcp://:25", None),
            ("tcp://me@mail.example:25", None),
            ("tcp://mail.example:25/x", None),
            ("tcp://mail.example:25?x", None),
        ] {
            let template = Template::parse(text).expect(text);
            let violation = url_violation(&Path::from("url"), &template);
            assert_eq!(violation.is_none(), expected.is_some(), "{text}");
            if let Some(expected) = expected {
                let canonical = |text: &str| (KindName::of_url(text).url_form().canonical)(text);
                assert_eq!(canonical(text).as_deref(), Some(expected));
                assert_eq!(canonical(expected).as_deref(), Some(expected));
            }
        }
        for text in ["tcp://${env:HOST}:25", "tcp://a.example:${env:PORT}"] {
            let template = Template::parse(text).expect(text);
            assert!(url_violation(&Path::from("url"), &template).is_none(), "{text}");
        }
    }
}
