//! The style and the script of the page, and the policy that lets a browser run these alone. Pure.

use crate::page::Visibility;
use crate::report::csp::hash;

const STYLE: &str = include_str!("../../../templates/page/page.css");
/// With what only private pages need.
const PRIVATE_STYLE: &str = concat!(
    include_str!("../../../templates/page/page.css"),
    include_str!("../../../templates/page/private.css")
);
pub const SCRIPT: &str = include_str!("../../../templates/page/age.js");

pub fn style(visibility: Visibility) -> &'static str {
    match visibility {
        Visibility::Public => STYLE,
        Visibility::Private => PRIVATE_STYLE,
    }
}

/// A content security policy: nothing is loaded, and nothing inline runs but what has the right hash.
pub fn policy(visibility: Visibility) -> String {
    format!(
        "default-src 'none'; style-src '{}'; script-src '{}'; img-src 'self' data:; base-uri 'none'; form-action 'none'",
        hash(style(visibility)),
        hash(SCRIPT)
    )
}
