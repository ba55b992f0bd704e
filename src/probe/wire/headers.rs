//! The headers of a request, their secrets filled in.

use http::header::{self, HeaderMap, HeaderName, HeaderValue};

use crate::monitor::{Template, is_credential_header};
use crate::observation::{Fault, Transport};
use crate::probe::secrets::Secrets;

pub const USER_AGENT: HeaderValue =
    HeaderValue::from_static(concat!("monitorctl/", env!("CARGO_PKG_VERSION")));

/// Headers that the connection sets from the body.
const FRAMING: [HeaderName; 2] = [header::CONTENT_LENGTH, header::TRANSFER_ENCODING];

/// Adds `own` to `headers`. Credentials and what holds a secret are marked sensitive.
pub fn fill(own: &[(String, Template)], secrets: &Secrets, headers: &mut HeaderMap) -> Result<(), Fault> {
    for (name, template) in own {
        let unfit = || unfit(name, template);
        let header = HeaderName::from_bytes(name.as_bytes()).map_err(|_| unfit())?;
        if FRAMING.contains(&header) {
            continue;
        }
        let mut value = HeaderValue::try_from(secrets.fill(template)?).map_err(|_| unfit())?;
        value.set_sensitive(holds_secret(template) || is_credential_header(name));
        headers.insert(header, value);
    }
    Ok(())
}

/// A line break in a secret, most often.
fn unfit(name: &str, template: &Template) -> Fault {
    Fault::new(kind_of(template), format!("a header {name} that HTTP cannot carry"), "one line of text")
}

/// A text without secrets was validated before, so only a secret can make it unfit.
pub fn kind_of(template: &Template) -> Transport {
    if holds_secret(template) { Transport::Secret } else { Transport::Protocol }
}

pub fn holds_secret(template: &Template) -> bool {
    template.secrets().next().is_some()
}
