//! Where alerts go, as far as the settings of a catalog say it. Pure.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use super::CatalogSettings;
use crate::channels::{is_of_policy, written_policy};
use crate::monitor::{ChannelPolicy, DEFAULT_CHANNEL};

/// The channels by whose names alerts go elsewhere with other settings, or that take fewer or later ones, sorted. A name
/// that stood for nothing may get a channel; but a `default` takes the place of what the machine has.
pub fn rerouted(before: &CatalogSettings, after: &CatalogSettings) -> Vec<String> {
    let (before, after) = (&before.channels, &after.channels);
    let moved = before
        .iter()
        .filter(|(name, fields)| after.get(name.as_str()).is_none_or(|after| takes_less(fields, after)));
    let new = after.keys().filter(|name| *name == DEFAULT_CHANNEL && !before.contains_key(*name));
    let names: BTreeSet<_> = moved.map(|(name, _)| name).chain(new).cloned().collect();
    names.into_iter().collect()
}

/// Whether alerts of the one channel go elsewhere by the other one, or are fewer, or later.
fn takes_less(before: &Map<String, Value>, after: &Map<String, Value>) -> bool {
    // The table gives the fields in an order of its own.
    let address = |fields: &Map<String, Value>| {
        let of_address = fields.iter().filter(|(key, _)| !is_of_policy(key));
        of_address.map(|(key, value)| (key.clone(), value.clone())).collect::<BTreeMap<_, _>>()
    };
    let (Some(policy), Some(now)) = (written_policy(before), written_policy(after)) else {
        return before != after;
    };
    let ChannelPolicy { severities, after: delay, reminders } = policy;
    address(before) != address(after)
        || !severities.is_subset(&now.severities)
        || now.after.unwrap_or_default() > delay.unwrap_or_default()
        || (reminders && !now.reminders)
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

    #[test]
    fn the_order_of_its_fields_moves_nothing() {
        let settings = |fields: [(&str, &str); 2]| {
            let fields = fields.map(|(key, value)| (key.to_owned(), value.into()));
            let channels = [("a".to_owned(), Map::from_iter(fields))].into();
            CatalogSettings { channels, ..CatalogSettings::default() }
        };
        let (one, other) =
            (settings([("kind", "slack"), ("url", "x")]), settings([("url", "x"), ("kind", "slack")]));
        assert_eq!(rerouted(&one, &other), [""; 0]);
    }

    #[test]
    fn a_channel_that_takes_fewer_or_later_alerts_counts_and_one_that_takes_more_does_not() {
        let settings = |policy: Value| {
            let mut fields = json!({"kind": "slack", "url": "x"}).as_object().cloned().unwrap_or_default();
            fields.extend(policy.as_object().cloned().unwrap_or_default());
            CatalogSettings { channels: [("a".to_owned(), fields)].into(), ..CatalogSettings::default() }
        };
        let check = |narrow: Value, wide: Value| {
            let (narrow, wide) = (settings(narrow), settings(wide));
            assert_eq!(rerouted(&wide, &narrow), ["a"], "{narrow:?}");
            assert_eq!(rerouted(&narrow, &wide), [""; 0], "{narrow:?}");
        };
        check(json!({"severities": ["critical"]}), json!({}));
        check(json!({"severities": ["critical"]}), json!({"severities": ["critical", "warning"]}));
        check(json!({"after": "10m"}), json!({"after": "5m"}));
        check(json!({"reminders": false}), json!({}));
    }
}
