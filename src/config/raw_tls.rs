//! `tls:` as it is written, without rules.

use schemars::JsonSchema;
use serde::Deserialize;

use super::text_forms::{PemText, ReferenceText};

/// Whom the probe trusts, and as whom it shows itself.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawTls {
    /// Certificates that are trusted instead of the authorities of the box: an absolute path to a PEM file on the
    /// box that runs check, or a reference to a secret. A certificate of a server may stand there itself.
    pub ca: Option<PemText>,

    /// The certificate in PEM form that a server gets which asks for one: a reference. It goes to the origin of
    /// url only.
    #[schemars(example = &"${ssm:/prod/client-certificate}")]
    pub client_certificate: Option<ReferenceText>,

    /// The key of that certificate in PEM form: a reference.
    #[schemars(example = &"${secretsmanager:prod/client#key}")]
    pub client_key: Option<ReferenceText>,

    /// With true any certificate is taken: who answers is not known, and a header with a secret goes to them.
    #[schemars(extend("default" = false))]
    pub insecure: Option<bool>,
}
