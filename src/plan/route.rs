//! Where alerts go, as far as the settings of a catalog say it. Pure.

use super::CatalogSettings;
use crate::monitor::{DEFAULT_CHANNEL, TopicArn};

/// The topics by whose names alerts go elsewhere with other settings, sorted. A name that stood for nothing may get an
/// ARN; and what the default topic is, the machine says and no catalog.
pub fn rerouted(before: &CatalogSettings, after: &CatalogSettings) -> Vec<String> {
    let (before, after) = (&before.topics, &after.topics);
    let is_moved = |(name, arn): &(&String, &TopicArn)| {
        name.as_str() != DEFAULT_CHANNEL && after.get(name.as_str()) != Some(*arn)
    };
    before.iter().filter(is_moved).map(|(name, _)| name.clone()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_with_another_arn_or_none_moves_its_alerts_and_a_new_name_moves_none() {
        let settings = |topics: &[(&str, &str)]| {
            let arn = |name| TopicArn::parse(&format!("arn:aws:sns:eu-west-1:123456789012:{name}"));
            let topics = topics.iter().map(|(name, topic)| ((*name).to_owned(), arn(topic).expect("an ARN")));
            CatalogSettings { topics: topics.collect(), ..CatalogSettings::default() }
        };
        let check = |before: &[(&str, &str)], after: &[(&str, &str)], expected: &[&str]| {
            assert_eq!(rerouted(&settings(before), &settings(after)), expected, "{before:?} {after:?}");
        };
        check(&[("a", "x"), ("b", "y")], &[("a", "x"), ("b", "y")], &[]);
        check(&[("a", "x"), ("b", "y")], &[("a", "z")], &["a", "b"]);
        check(&[], &[("a", "x")], &[]);
        // No alert goes by what a catalog says of the default topic.
        check(&[(DEFAULT_CHANNEL, "x")], &[(DEFAULT_CHANNEL, "y")], &[]);
    }
}
