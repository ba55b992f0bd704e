//! The style and the script of the page, and the policy that lets a browser run these alone. Pure.

use crate::report::csp::hash;

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
