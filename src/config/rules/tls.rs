//! `tls:`: from what is written to whom is trusted and who is shown.

use crate::config::diagnostic::Code;
use crate::config::raw::text_forms::{PemText, ServerNameText};
use crate::config::raw::tls::RawTls;
use crate::monitor::{ClientIdentity, Pem, Template, TlsPolicy, Trust};
use crate::written::{Path, Violation, host_name};

/// What a monitor says about TLS, or complaints of what does not go together.
pub fn policy(raw: Option<&RawTls>, violations: &mut Vec<Violation>) -> TlsPolicy {
    let Some(RawTls { ca, client_certificate, client_key, server_name, min, insecure }) = raw else {
        return TlsPolicy::default();
    };
    let is_insecure = insecure.unwrap_or(false);
    if is_insecure && ca.is_some() {
        violations.push(
            Violation::new(
                Code::Contradiction,
                "tls.ca",
                "`insecure: true` skips the verification of certificates",
            )
            .label("has no effect")
            .also("tls.insecure", "because of this")
            .help("remove one of them, preferably `insecure`"),
        );
    }
    let trust = match ca {
        _ if is_insecure => Trust::Anyone,
        Some(PemText(text)) => pem("ca", text, violations).map_or(Trust::System, Trust::Only),
        None => Trust::System,
    };
    let client = client(client_certificate.as_ref(), client_key.as_ref(), violations);
    let server_name = server_name.as_ref().and_then(|ServerNameText(text)| named(text, violations));
    TlsPolicy { trust, client, server_name, min: min.unwrap_or_default() }
}

fn named(text: &str, violations: &mut Vec<Violation>) -> Option<String> {
    let name = host_name(text);
    if name.is_none() {
        let message = format!("`tls.server_name` is no name of a host: `{text}`");
        violations.push(
            Violation::new(Code::BadFormat, "tls.server_name", message)
                .label("here")
                .help("write a name such as shop.example.com, without a port"),
        );
    }
    name
}

fn pem(key: &str, text: &str, violations: &mut Vec<Violation>) -> Option<Pem> {
    if text.starts_with('/') {
        return Some(Pem::File(text.to_owned()));
    }
    references(key, text, violations).map(Pem::Secret)
}

fn client(
    certificate: Option<&PemText>,
    key: Option<&PemText>,
    violations: &mut Vec<Violation>,
) -> Option<ClientIdentity> {
    let (given, missing) = match (certificate, key) {
        (None, None) => return None,
        (Some(PemText(certificate)), Some(PemText(key))) => {
            let certificate = pem("client_certificate", certificate, violations);
            let key = pem("client_key", key, violations);
            return Some(ClientIdentity { certificate: certificate?, key: key? });
        }
        (Some(_), None) => ("client_certificate", "client_key"),
        (None, Some(_)) => ("client_key", "client_certificate"),
    };
    violations.push(
        Violation::new(
            Code::Contradiction,
            Path::from("tls").key(given),
            format!("`tls.{given}` has no effect without `tls.{missing}`"),
        )
        .on_key()
        .label("incomplete pair")
        .help(format!("add `{missing}: ${{ssm:/path}}`, or a path on the machine")),
    );
    None
}

/// What is not a reference is refused here as well: an item of the table may be written by hand.
fn references(key: &str, text: &str, violations: &mut Vec<Violation>) -> Option<Template> {
    let path = Path::from("tls").key(key);
    let message = match Template::parse(text) {
        Ok(template) if template.secrets().next().is_some() => return Some(template),
        Ok(_) => format!("`{path}` is not a reference to a secret"),
        Err(error) => format!("`{path}`: {error}"),
    };
    violations.push(Violation::new(Code::InvalidSecret, path, message).label("in this text").help(
        "write ${env:NAME}, ${ssm:/path}, ${secretsmanager:id#key}, or an absolute path on the machine",
    ));
    None
}
