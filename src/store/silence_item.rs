//! The shape of a silence. It lies among the monitors, so that a run reads both with one query.

use jiff::{SignedDuration, Timestamp};

use super::change::ItemChange;
use super::fields::Fields;
use super::item::Item;
use super::unreadable::Malformed;
use super::values::{expiry, moment, number, text};
use crate::monitor::Selector;
use crate::suppress::{SILENCE_FORMAT, StoredSilence};

/// How long a silence is kept after its end. Whether it holds is a matter of its times alone; what was not sent
/// because of it is held against it once more after its end.
const KEPT: SignedDuration = SignedDuration::from_hours(7 * 24);

/// The change that begins a silence.
pub fn begin(silence: &StoredSilence) -> ItemChange {
    let StoredSilence { id: _, selector, starts, ends, reason, by } = silence;
    ItemChange::only_if("attribute_not_exists(#monitor)")
        .set("format", number(SILENCE_FORMAT))
        .set("selector", text(selector.to_string()))
        .set("starts", moment(*starts))
        .set("ends", moment(*ends))
        .set("reason", text(reason.as_str()))
        .set("by", text(by.as_str()))
        .set_or_remove("expires", ends.checked_add(KEPT).ok().map(expiry))
}

/// The change that ends one, unless it has ended already.
pub fn end(at: Timestamp, by: &str) -> ItemChange {
    ItemChange::only_if("#ends > :ends").set("ends", moment(at)).set("ended_by", text(by))
}

/// Whether an item is a silence that was ended so.
pub fn is_ended(found: &Item, at: Timestamp, by: &str) -> bool {
    found.get("ends") == Some(&moment(at)) && found.get("ended_by") == Some(&text(by))
}

pub fn silence(id: &str, fields: &mut Fields) -> Result<StoredSilence, Malformed> {
    let selector = fields.text("selector")?;
    Ok(StoredSilence {
        id: id.to_owned(),
        selector: Selector::parse(&selector).map_err(|error| Malformed(format!("`selector`: {error}")))?,
        starts: fields.moment("starts")?,
        ends: fields.moment("ends")?,
        reason: fields.words("reason")?,
        by: fields.words("by")?,
    })
}
