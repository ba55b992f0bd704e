//! What a monitor of the files changes of an earlier spec of it. Pure.

use super::{Desired, FieldChange, Risk, SpecReading, differences, fields, weaknesses};
use crate::monitor::{MonitorId, Spec};

/// The fields that differ, and what that costs. `before` is in the spelling of this version.
pub fn compared(
    id: &MonitorId,
    before: &Spec,
    desired: &Desired,
    reading: SpecReading,
) -> (Vec<FieldChange>, Risk) {
    let SpecReading { meaning, spelling: _, secrets, implied } = reading;
    let meant = meaning(id, before);
    let mut found = differences(before, &desired.spec);
    fields::mark_effects(&mut found, implied);
    fields::hide(&mut found, &secrets(before), &secrets(&desired.spec));
    let weak = meant.map(|before| weaknesses(&before, &desired.monitor)).unwrap_or_default();
    fields::mark(&mut found, &weak);
    (found, weak.iter().map(|weakness| weakness.risk).max().unwrap_or_default())
}
