//! Credentials that are known by their own form, wherever they stand. Pure.

use std::ops::Range;
use std::sync::OnceLock;

use regex::Regex;

/// One kind of credential: what it is called, what it looks like, and why that form is proof enough.
pub struct Shape {
    pub name: &'static str,
    pattern: &'static str,
    pub why: &'static str,
    /// What the pattern cannot say.
    also: fn(&str) -> bool,
}

/// The beginnings are those that the services chose so that leaked credentials can be found; where one could begin
/// a word of ordinary text, the length or the parts after it distinguish them.
const SHAPES: &[Shape] = &[
    shape("an AWS access key", r"\bA(?:KIA|SIA)[A-Z0-9]{16}\b", "the fixed start and length of AWS key ids"),
    shape("a GitHub token", r"\bgh[pousr]_[A-Za-z0-9]{30,}", "how GitHub's tokens begin"),
    shape("a GitHub token", r"\bgithub_pat_[A-Za-z0-9_]{22,}", "how GitHub's fine-grained tokens begin"),
    shape(
        "a GitLab token",
        r"\bgl(?:pat|dt|ft|rt|ptt|oas|cbt|soat|agent)-[A-Za-z0-9_-]{20,}",
        "how tokens of GitLab begin",
    ),
    shape("a Slack token", r"\bxox[abeoprs]-[A-Za-z0-9-]{16,}", "how tokens of Slack begin"),
    shape(
        "a Slack token",
        r"\bxapp-\d-[A-Z0-9]{6,}-[A-Za-z0-9-]{10,}",
        "how app-level tokens of Slack begin",
    ),
    shape(
        "a Slack webhook",
        r"\bhooks\.slack\.com/(?:services|workflows|triggers)/[A-Za-z0-9_/-]{20,}",
        "every holder of the address may post",
    ),
    shape(
        "a Discord webhook",
        r"\bdiscord(?:app)?\.com/api/webhooks/\d+/[A-Za-z0-9_-]{40,}",
        "every holder of the address may post",
    ),
    shape(
        "a Telegram token",
        r"\b(?:bot)?\d{8,10}:[A-Za-z0-9_-]{35}\b",
        "number, colon and 35 characters, in paths too",
    ),
    shape(
        "a Stripe key",
        r"\b[sr]k_(?:live|test)_[A-Za-z0-9]{16,}",
        "how secret and restricted keys of Stripe begin; `pk_` is public",
    ),
    shape("a webhook secret", r"\bwhsec_[A-Za-z0-9+/=]{24,}", "how secrets of webhooks begin"),
    shape(
        "an API key of a model service",
        r"\bsk-(?:proj|ant|svcacct|or-v1)-[A-Za-z0-9_-]{20,}",
        "how keys of OpenAI, Anthropic and OpenRouter begin",
    ),
    shape(
        "an API key of a model service",
        r"\bsk-[A-Za-z0-9]{40,}",
        "the start and length of older keys; words have hyphens",
    ),
    shape(
        "an API key of a model service",
        r"\b(?:gsk_|hf_|xai-|r8_)[A-Za-z0-9]{30,}",
        "how keys of Groq, Hugging Face, xAI and Replicate begin",
    ),
    shape("a SendGrid key", r"\bSG\.[A-Za-z0-9_-]{16,}\.[A-Za-z0-9_-]{32,}", "three parts of fixed lengths"),
    shape("a Google API key", r"\bAIza[A-Za-z0-9_-]{35}", "the fixed start and length"),
    shape(
        "a Google OAuth secret",
        r"\b(?:GOCSPX-|ya29\.)[A-Za-z0-9_-]{20,}",
        "how client secrets and access tokens of Google begin",
    ),
    shape("an npm token", r"\bnpm_[A-Za-z0-9]{36}", "npm's start and length"),
    shape(
        "a PyPI token",
        r"\bpypi-[A-Za-z0-9_-]{50,}",
        "how tokens of PyPI begin; names of packages are shorter",
    ),
    shape("a Docker token", r"\bdckr_[a-z]{3}_[A-Za-z0-9_-]{20,}", "how tokens of Docker Hub begin"),
    shape("a Shopify token", r"\bshp(?:at|ca|pa|ss)_[A-Fa-f0-9]{32}", "how tokens of Shopify begin"),
    shape("a DigitalOcean token", r"\bdo[opr]_v1_[a-f0-9]{64}", "how tokens of DigitalOcean begin"),
    shape("a Vault token", r"\bhv[sbr]\.[A-Za-z0-9_-]{24,}", "how tokens of Vault begin"),
    shape("a Databricks token", r"\bdapi[a-f0-9]{32}\b", "the fixed start and length"),
    shape("a Grafana token", r"\bgl(?:sa|c)_[A-Za-z0-9_+/=]{32,}", "how tokens of Grafana begin"),
    shape("an Atlassian token", r"\bAT[AC]TT3x[A-Za-z0-9_=-]{40,}", "how tokens of Atlassian begin"),
    shape("a Mailgun key", r"\bkey-[a-f0-9]{32}\b", "the fixed start and length"),
    shape("a New Relic key", r"\bNRAK-[A-Z0-9]{27}\b", "the fixed start and length"),
    shape("a Linear key", r"\blin_api_[A-Za-z0-9]{32,}", "how tokens of Linear begin"),
    shape("a Postman key", r"\bPMAK-[a-f0-9]{24}-[a-f0-9]{34}", "Postman's start and lengths"),
    shape("a Square token", r"\bsq0(?:atp|csp)-[A-Za-z0-9_-]{22,}", "how tokens of Square begin"),
    shape("a Sentry token", r"\bsntry[su]_[A-Za-z0-9_=+/-]{40,}", "how tokens of Sentry begin"),
    shape(
        "a key of an Azure account",
        r"\bAccountKey=[A-Za-z0-9+/]{40,}={0,2}",
        "the key in a connection string",
    ),
    // A cursor in base64 begins with `eyJ` too, but has no second and third part.
    shape(
        "a JSON web token",
        r"\beyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]*\.[A-Za-z0-9_-]{10,}",
        "three parts, the first a JSON object",
    ),
    // Certificates and public keys are for everybody.
    shape(
        "a private key",
        r"-----BEGIN [A-Z0-9 ]*PRIVATE KEY[A-Z ]*-----(?s:.*-----END [A-Z0-9 ]*PRIVATE KEY[A-Z ]*-----|.*)",
        "the frame of a private key, to its end or that of the text",
    ),
    Shape {
        name: "a user and a password",
        pattern: r"\b[Bb]asic +[A-Za-z0-9+/]{6,}={0,2}",
        why: "a word behind `Basic` that is `user:password` in base64",
        also: is_user_and_password,
    },
];

const fn shape(name: &'static str, pattern: &'static str, why: &'static str) -> Shape {
    Shape { name, pattern, why, also: |_| true }
}

/// No shape is shorter, so shorter texts are not looked at.
const SHORTEST: usize = 12;

/// Where a text holds a credential of a known form, and of which.
pub fn known(text: &str) -> Vec<(Range<usize>, &'static Shape)> {
    if text.len() < SHORTEST {
        return Vec::new();
    }
    let Some(any) = any() else { return Vec::new() };
    if !any.is_match(text) {
        return Vec::new();
    }
    let found = any.captures_iter(text).filter_map(|captures| {
        let (shape, found) =
            SHAPES.iter().zip(captures.iter().skip(1)).find_map(|(shape, group)| Some((shape, group?)))?;
        (shape.also)(found.as_str()).then(|| (found.range(), shape))
    });
    found.collect()
}

/// One pattern with a group a row, compiled once. `None` would be a row that is no pattern; a test proves that
/// there is no such.
fn any() -> Option<&'static Regex> {
    static ANY: OnceLock<Option<Regex>> = OnceLock::new();
    let compile = || {
        let rows: Vec<_> = SHAPES.iter().map(|shape| format!("({})", shape.pattern)).collect();
        ascii(&rows.join("|"))
    };
    ANY.get_or_init(compile).as_ref()
}

/// A pattern whose words and digits are those of ASCII, as credentials and their names are: small and quick.
pub fn ascii(pattern: &str) -> Option<Regex> {
    Regex::new(&pattern.replace(r"\b", r"(?-u:\b)").replace(r"\d", "[0-9]").replace(r"\s", r"[ \t\r\n]")).ok()
}

/// Whether the last word is `user:password` in base64; that of ordinary words is no such text.
fn is_user_and_password(text: &str) -> bool {
    let word = text.rsplit(' ').next().unwrap_or_default();
    let decoded = decoded(word);
    let is_text = decoded.iter().all(|byte| byte.is_ascii_graphic() || *byte == b' ');
    is_text
        && decoded.iter().position(|byte| *byte == b':').is_some_and(|at| at > 0 && at + 1 < decoded.len())
}

/// The bytes of base64, as far as it is any.
fn decoded(word: &str) -> Vec<u8> {
    let (mut bits, mut number, mut bytes) = (0_u32, 0_u32, Vec::new());
    for byte in word.bytes() {
        let six = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            _ => break,
        };
        number = (number << 6 | u32::from(six)) & 0xfff;
        bits += 6;
        if bits >= 8 {
            bits -= 8;
            bytes.push(u8::try_from(number >> bits & 0xff).unwrap_or_default());
        }
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_is_a_pattern_with_a_reason() {
        assert!(any().is_some());
        for shape in SHAPES {
            let own = Regex::new(shape.pattern).unwrap_or_else(|error| panic!("{}: {error}", shape.name));
            assert_eq!(
                own.captures_len(),
                1,
                "{}: a group of its own shifts those of the rows behind",
                shape.name
            );
            assert!(!shape.why.is_empty() && !own.is_match(""), "{}", shape.name);
        }
    }

    #[test]
    fn a_credential_is_known_by_its_form() {
        let x = |start: &str, length| format!("{start}{}", "x".repeat(length));
        for (text, name) in [
            (x("Bearer ghp_", 36), "a GitHub token"),
            (x("AKIA", 0) + "IOSFODNN7EXAMPLE", "an AWS access key"),
            (x("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.", 20), "a JSON web token"),
            ("Basic dXNlcjpwYXNz".to_owned(), "a user and a password"),
        ] {
            assert_eq!(known(&text).first().map(|found| found.1.name), Some(name), "{text}");
        }
        for text in [
            "ghp_short",
            "skip-this",
            "sk-",
            "sk-a-long-name-of-a-page-about-slovakia-and-its-capital",
            "cursor=eyJpZCI6MTAwMDAwMDAwMDAwMDAwMDAwMDAwLCJkaXIiOiJuZXh0In0=",
            "Basic authentication is required",
            "Basic information",
            "-----BEGIN PUBLIC KEY-----",
            "",
        ] {
            assert!(known(text).is_empty(), "{text}");
        }
    }

    #[test]
    fn base64_is_read_as_others_write_it() {
        assert_eq!(decoded("dXNlcjpwYXNz"), b"user:pass");
        assert_eq!(decoded("YTpiYw=="), b"a:bc");
    }
}
