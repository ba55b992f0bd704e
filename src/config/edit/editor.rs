//! The text that is edited.

use super::text::Text;

/// Why the text cannot be changed like that.
pub type Reason = &'static str;

/// Makes splices of changes.
pub struct Editor<'t> {
    pub text: Text<'t>,
}
