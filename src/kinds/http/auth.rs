//! `auth`: as whom a request comes. It is for the origin of the URL alone.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::kinds::{Field, FieldTexts, Manner, Recipient, Sent};
use crate::value::{Template, TemplatePiece};
use crate::written::{Code, Path, Violation, template};

pub const FIELD: Field = Field::new("auth").manner(Manner::Whole).texts(FieldTexts::Named).references(&[
    ".basic.user",
    ".basic.password",
    ".bearer",
    ".oauth2.client_id",
    ".oauth2.client_secret",
]);

/// As whom a request comes.
#[derive(Debug, Clone, PartialEq)]
pub enum Auth {
    Basic { user: Template, password: Template },
    Bearer(Template),
    OAuth2(ClientGrant),
    Aws(AwsRole),
}

/// Which service of AWS a request is signed for (Signature Version 4), and as whom.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AwsRole {
    /// As the scope of a signature names it: `execute-api`.
    pub service: String,
    pub region: String,
    /// The ARN of the role.
    pub role: String,
}

/// What a client shows to get a token (RFC 6749, section 4.4).
#[derive(Debug, Clone, PartialEq)]
pub struct ClientGrant {
    /// It has no references: the reviewer of a file sees who gets the secret.
    pub token_url: Template,
    pub client_id: Template,
    pub client_secret: Template,
    pub scope: Option<String>,
}

/// As whom a request comes: exactly one of these. It is sent to the origin of url only.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("minProperties" = 1, "maxProperties" = 1))]
pub struct RawAuth {
    /// User and password, in the header authorization.
    pub basic: Option<RawBasic>,
    /// Token in the header authorization: a reference.
    #[schemars(example = &"${env:API_TOKEN}")]
    pub bearer: Option<String>,
    /// Account at an authorization server that issues tokens, by client credentials (RFC 6749). A run fetches one token.
    pub oauth2: Option<RawClientGrant>,
    /// Role of AWS as which the request is signed (Signature Version 4), one that the machine lists.
    pub aws: Option<RawAwsRole>,
}

/// `auth.aws` as it is written.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawAwsRole {
    /// Service that the signature is for.
    #[schemars(required, regex(pattern = r"^[a-z0-9-]{1,64}$"),
        extend("patternErrorMessage" = "a service is named as in a signature, such as execute-api or s3"), example = &"execute-api")]
    pub service: Option<String>,
    /// Region of the service.
    #[schemars(required, regex(pattern = r"^[a-z0-9-]{1,64}$"), extend("patternErrorMessage" = "a region is a name such as eu-west-1"), example = &"eu-west-1")]
    pub region: Option<String>,
    /// ARN of the role. The machine lists those that may sign; its own credentials never do.
    #[schemars(required, regex(pattern = ROLE), extend("patternErrorMessage" = "a role is an ARN such as arn:aws:iam::123456789012:role/probe"),
        example = &"arn:aws:iam::123456789012:role/monitorctl-probe")]
    pub role: Option<String>,
}

const ROLE: &str = r"^arn:aws[a-z-]*:iam::[0-9]{12}:role/[A-Za-z0-9+=,.@_/-]+$";

/// `auth.basic` as it is written.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawBasic {
    /// Name of the user, or a reference.
    #[schemars(required, example = &"monitorctl")]
    pub user: Option<String>,
    /// Password: a reference.
    #[schemars(required, example = &"${ssm:/prod/shop/password}")]
    pub password: Option<String>,
}

/// `auth.oauth2` as it is written.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawClientGrant {
    /// URL that issues tokens. The address rules of the machine apply to it.
    #[schemars(required, regex(pattern = r"^https?://[^\s/?#@]+(/[^\s#]*)?$"),
        extend("patternErrorMessage" = "a token URL is https://host/path, without user, password and #fragment"),
        example = &"https://id.example.com/oauth2/token")]
    pub token_url: Option<String>,
    /// Name of the client, or a reference.
    #[schemars(required, example = &"monitorctl")]
    pub client_id: Option<String>,
    /// Secret of the client: a reference.
    #[schemars(required, example = &"${secretsmanager:prod/oauth#client_secret}")]
    pub client_secret: Option<String>,
    /// Scopes that the token is for, separated by blanks.
    #[schemars(example = &"orders:read")]
    pub scope: Option<String>,
}

impl RawAuth {
    /// As whom a request comes; one with violations is not to be used.
    pub fn build(&self, violations: &mut Vec<Violation>) -> Option<Auth> {
        let Self { basic, bearer, oauth2, aws } = self;
        let top = Path::from("auth");
        match (basic, bearer, oauth2, aws) {
            (Some(RawBasic { user, password }), None, None, None) => {
                let at = top.key("basic");
                let (user, password) = (
                    given(&at, "user", user.as_ref(), violations),
                    given(&at, "password", password.as_ref(), violations),
                );
                let (user, password) = (user?, password?);
                let user_text = template(&at.key("user"), user, violations)?;
                let has_colon =
                    |piece: &TemplatePiece| matches!(piece, TemplatePiece::Text(text) if text.contains(':'));
                if user_text.pieces().iter().any(has_colon) {
                    let message = "`auth.basic.user` has a colon, which would end it";
                    let help = "write the user alone; the password has a field of its own";
                    violations.push(Violation::new(Code::BadFormat, at.key("user"), message).help(help));
                }
                Some(Auth::Basic {
                    user: user_text,
                    password: secret(&at.key("password"), password, violations)?,
                })
            }
            (None, Some(token), None, None)
                if token.trim_start().get(..7).is_some_and(|start| start.eq_ignore_ascii_case("bearer ")) =>
            {
                let violation = Violation::new(
                    Code::BadFormat,
                    top.key("bearer"),
                    "`auth.bearer` adds the word Bearer itself",
                );
                violations.push(violation.help("write the token alone"));
                None
            }
            (None, Some(token), None, None) => {
                secret(&top.key("bearer"), token, violations).map(Auth::Bearer)
            }
            (None, None, Some(RawClientGrant { token_url, client_id, client_secret, scope }), None) => {
                let at = top.key("oauth2");
                let token_url = given(&at, "token_url", token_url.as_ref(), violations)?;
                let client_id = given(&at, "client_id", client_id.as_ref(), violations)?;
                let client_secret = given(&at, "client_secret", client_secret.as_ref(), violations)?;
                Some(Auth::OAuth2(ClientGrant {
                    token_url: token_place(&at.key("token_url"), token_url, violations)?,
                    client_id: template(&at.key("client_id"), client_id, violations)?,
                    client_secret: secret(&at.key("client_secret"), client_secret, violations)?,
                    scope: scope.clone(),
                }))
            }
            (None, None, None, None) => {
                violations.push(Violation::new(Code::MissingKey, top, "`auth` is empty"));
                None
            }
            (None, None, None, Some(RawAwsRole { service, region, role })) => {
                let at = top.key("aws");
                let service = given(&at, "service", service.as_ref(), violations)?.to_owned();
                let region = given(&at, "region", region.as_ref(), violations)?.to_owned();
                let role = given(&at, "role", role.as_ref(), violations)?.to_owned();
                Some(Auth::Aws(AwsRole { service, region, role }))
            }
            _ => {
                let message = "`auth` has exactly one of `basic`, `bearer`, `oauth2` and `aws`";
                violations.push(
                    Violation::new(Code::Contradiction, top, message).on_key().help("keep one of them"),
                );
                None
            }
        }
    }
}

impl Auth {
    /// The texts that are sent, each with its place in a file.
    pub fn sent(&self) -> Vec<Sent<'_>> {
        match self {
            Self::Basic { user, password } => {
                let sent = |key, text| Sent { field: "auth.basic", key, text, to: Recipient::Endpoint };
                vec![sent("user", user), sent("password", password)]
            }
            Self::Bearer(text) => vec![Sent { field: "auth", key: "bearer", text, to: Recipient::Endpoint }],
            Self::OAuth2(ClientGrant { token_url, client_id, client_secret, scope: _ }) => {
                let sent =
                    |key, text| Sent { field: "auth.oauth2", key, text, to: Recipient::Issuer(token_url) };
                vec![sent("client_id", client_id), sent("client_secret", client_secret)]
            }
            // What signs is known to the machine alone, and is not sent.
            Self::Aws(_) => Vec::new(),
        }
    }
}

/// Files without it are refused by the schema.
fn given<'a>(
    at: &Path,
    key: &str,
    text: Option<&'a String>,
    violations: &mut Vec<Violation>,
) -> Option<&'a str> {
    if text.is_none() {
        let path = at.key(key);
        let message = format!("missing key `{key}` in `{at}`");
        violations.push(Violation::new(Code::MissingKey, path, message));
    }
    text.map(String::as_str)
}

/// What is not a reference is refused: it would stand in the table.
fn secret(path: &Path, text: &str, violations: &mut Vec<Violation>) -> Option<Template> {
    let template = template(path, text, violations)?;
    if template.secrets().next().is_none() {
        let message = format!("`{path}` is not a reference to a secret");
        violations.push(
            Violation::new(Code::InvalidSecret, path.clone(), message)
                .label("in this text")
                .help("write ${env:NAME}, ${ssm:/path} or ${secretsmanager:id#key}"),
        );
        return None;
    }
    Some(template)
}

fn token_place(path: &Path, text: &str, violations: &mut Vec<Violation>) -> Option<Template> {
    if let Some(violation) = crate::kinds::urls::page_violation(path, text, ["http", "https"]) {
        violations.push(violation);
        return None;
    }
    template(path, text, violations)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn found(auth: Value) -> Vec<(String, Code)> {
        let mut violations = Vec::new();
        let raw: RawAuth = serde_json::from_value(auth).expect("it is readable");
        let built = raw.build(&mut violations);
        assert_eq!(built.is_some(), violations.is_empty() || violations[0].code == Code::BadFormat);
        violations.into_iter().map(|one| (one.path.to_string(), one.code)).collect()
    }

    #[test]
    fn a_secret_of_auth_is_a_reference() {
        let grant = |secret: &str, url: &str| json!({"oauth2": {"token_url": url, "client_id": "a", "client_secret": secret}});
        let id = "https://id.example/token";
        for (auth, expected) in [
            (json!({"basic": {"user": "a", "password": "${env:P}"}}), None),
            (json!({"basic": {"user": "a", "password": "literal"}}), Some("auth.basic.password")),
            (json!({"basic": {"user": "a:b", "password": "${env:P}"}}), Some("auth.basic.user")),
            (json!({"basic": {"user": "a"}}), Some("auth.basic.password")),
            (json!({}), Some("auth")),
            (json!({"bearer": "${ssm:/t}"}), None),
            (json!({"bearer": "literal"}), Some("auth.bearer")),
            (json!({"bearer": "${env:A}", "basic": {"user": "a", "password": "${env:P}"}}), Some("auth")),
            (grant("${env:S}", id), None),
            (grant("literal", id), Some("auth.oauth2.client_secret")),
            (grant("${env:S}", "ftp://id.example"), Some("auth.oauth2.token_url")),
            (grant("${env:S}", "https://me:pw@id.example/"), Some("auth.oauth2.token_url")),
        ] {
            let found = found(auth.clone());
            assert_eq!(found.first().map(|(path, _)| path.as_str()), expected, "{auth}");
        }
    }
}
