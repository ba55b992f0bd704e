//! As whom a request comes: the header that says it, at once or as soon as there is a token.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::HeaderValue;
use jiff::Timestamp;
use tokio::time::Instant;

use crate::aws::RoleCredentials;
use crate::kinds::http::{Auth, AwsRole, ClientGrant};
use crate::monitor::{Permits, ROLES_VARIABLE, Template};
use crate::observation::{Fault, FaultKind, Transport};
use crate::probe::accounts::TokenRequest;
use crate::probe::secrets::Secrets;

/// What the header `authorization` says.
pub enum Authorization {
    Known(HeaderValue),
    Unfetched(WantedCredential),
}

/// What has to be fetched first.
#[derive(Clone)]
pub enum WantedCredential {
    Token(TokenRequest),
    Role(AwsRole),
}

/// As which role each hop is signed, and when that began.
#[derive(Clone)]
pub struct Signing {
    pub role: AwsRole,
    pub credentials: RoleCredentials,
    pub begun: (Timestamp, Instant),
}

impl Signing {
    /// Now, by the clock of the run.
    pub fn now(&self) -> Timestamp {
        let (wall, since) = self.begun;
        wall.checked_add(since.elapsed()).unwrap_or(wall)
    }
}

/// A file only names a role; the machine decides whether it signs.
pub fn check_role(role: &str, permits: &Permits) -> Result<(), Fault> {
    if permits.signs_as(role) {
        return Ok(());
    }
    let actual = format!("the role {role} is not offered by this machine: add it to {ROLES_VARIABLE}");
    Err(Fault::new(FaultKind::Prober, actual, "a role that the machine offers"))
}

impl Authorization {
    pub fn of(auth: &Auth, secrets: &Secrets) -> Result<Self, Fault> {
        // A secret from a file often ends in a line break, which is no part of it.
        let fill = |template: &Template| Ok::<_, Fault>(secrets.fill(template)?.trim().to_owned());
        Ok(match auth {
            Auth::Basic { user, password } => {
                let pair = format!("{}:{}", fill(user)?, fill(password)?);
                Self::Known(header(&format!("Basic {}", STANDARD.encode(pair)))?)
            }
            Auth::Bearer(token) => Self::Known(bearer(&fill(token)?)?),
            Auth::OAuth2(ClientGrant { token_url, client_id, client_secret, scope }) => {
                Self::Unfetched(WantedCredential::Token(TokenRequest {
                    url: fill(token_url)?,
                    client_id: fill(client_id)?,
                    client_secret: fill(client_secret)?,
                    scope: scope.clone(),
                }))
            }
            Auth::Aws(role) => Self::Unfetched(WantedCredential::Role(role.clone())),
        })
    }
}

pub fn bearer(token: &str) -> Result<HeaderValue, Fault> {
    header(&format!("Bearer {token}"))
}

/// It is marked, so no other origin gets it.
fn header(text: &str) -> Result<HeaderValue, Fault> {
    let unfit = |_| {
        Fault::new(Transport::Secret, "a credential of `auth` that HTTP cannot carry", "one line of text")
    };
    let mut value = HeaderValue::from_str(text).map_err(unfit)?;
    value.set_sensitive(true);
    Ok(value)
}
