//! Where alerts go, as far as the settings of a catalog say it. Pure.

use std::collections::BTreeSet;

use super::CatalogSettings;
use crate::monitor::DEFAULT_CHANNEL;

/// The channels by whose names alerts go elsewhere with other settings, sorted. A name that stood for nothing may get a
/// channel; but a `default` takes the place of what the machine has.
pub fn rerouted(before: &CatalogSettings, after: &CatalogSettings) -> Vec<String> {
    let (before, after) = (&before.channels, &after.channels);
    let moved = before.iter().filter(|(name, fields)| after.get(name.as_str()) != Some(*fields));
    let new = after.keys().filter(|name| *name == DEFAULT_CHANNEL && !before.contains_key(*name));
    let names: BTreeSet<_> = moved.map(|(name, _)| name).chain(new).cloned().collect();
    names.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_name_with_another_channel_or_none_moves_its_alerts_and_a_new_name_moves_none() {
        let settings = |channels: &[(&str, &str)]| {
            let fields = |url| json!({"kind": "slack", "url": url}).as_object().cloned().unwrap_or_default();
            let channels = channels.iter().map(|(name, url)| ((*name).to_owned(), fields(*url)));
            CatalogSettings { channels: channels.collect(), ..CatalogSettings::default() }
        };
        let check = |before: &[(&str, &str)], after: &[(&str, &str)], expected: &[&str]| {
            assert_eq!(rerouted(&settings(before), &settings(after)), expected, "{before:?} {after:?}");
        };
        check(&[("a", "x"), ("b", "y")], &[("a", "x"), ("b", "y")], &[]);
        check(&[("a", "x"), ("b", "y")], &[("a", "z")], &["a", "b"]);
        check(&[], &[("a", "x")], &[]);
        check(&[], &[(DEFAULT_CHANNEL, "x")], &[DEFAULT_CHANNEL]);
    }
}
