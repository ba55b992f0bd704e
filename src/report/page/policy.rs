//! The style and the script of the page, and the policy that lets a browser run these alone. Pure.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use sha2::{Digest as _, Sha256};

pub const STYLE: &str = include_str!("../../../templates/page/page.css");
pub const SCRIPT: &str = include_str!("../../../templates/page/age.js");

/// A content security policy: nothing is loaded, and nothing inline runs but what has the right hash.
pub fn policy() -> String {
    format!(
        "default-src 'none'; style-src '{}'; script-src '{}'; img-src 'self' data:; base-uri 'none'; form-action 'none'",
        hash(STYLE),
        hash(SCRIPT)
    )
}

fn hash(text: &str) -> String {
    format!("sha256-{}", BASE64_STANDARD.encode(Sha256::digest(text)))
}
