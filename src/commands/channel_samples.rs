//! A test message for each channel of the settings, against the limits of its service. Pure.

use std::collections::BTreeSet;
use std::convert::Infallible;
use std::time::Duration;

use jiff::Timestamp;

use crate::alert::{MessageContext, Route, compose};
use crate::channels::{ChannelDefinition, ChannelLimits};
use crate::config::{self, Diagnostic, Loaded, Settings, SourceFile};
use crate::message::Message;
use crate::monitor::{ChannelId, ChannelName, DEFAULT_CHANNEL, Monitor};
use crate::simulation::{Outcome, test_alerts};
use crate::written::Path;

/// Characters of the reason of the sample: more is cut from any reason.
const REASON: usize = 1_000;

/// Stands for a secret: no service gives a longer one.
const SECRET: usize = 256;

/// An error for each channel of `settings`, those of one environment, to which a message of these monitors would be too
/// large.
pub fn too_large(file: &SourceFile, settings: &Settings, loaded: &Loaded) -> Vec<Diagnostic> {
    let monitors: Vec<_> = loaded.monitors.iter().map(|loaded| &loaded.monitor).collect();
    let Some(monitor) = largest(&monitors) else { return Vec::new() };
    let environment = settings.environment.as_deref();
    let exceeded = settings.channels.iter().filter_map(|(name, fields)| {
        let at = Path::from("channels").key(name);
        let definition = ChannelDefinition::read(fields, &at, &mut Vec::new())?;
        let name = ChannelName::parse(name).ok()?;
        let message = sample(&definition, &name, &monitor, environment)?;
        let exceeded = exceeded(&definition, definition.kind().limits(), &message);
        (!exceeded.is_empty()).then_some((name, exceeded))
    });
    exceeded
        .map(|(name, exceeded)| config::message_too_large(file, environment, name.as_str(), &exceeded))
        .collect()
}

/// The names of the channels that a run of these monitors would notify. A default that is not defined stands for every
/// channel, as on a machine without a topic.
pub fn notified(settings: &Settings, loaded: &Loaded) -> BTreeSet<String> {
    let names = loaded.monitors.iter().flat_map(|loaded| &loaded.monitor.alert.to);
    let mut names: BTreeSet<_> = names.map(ToString::to_string).collect();
    // The prober notifies the default, and checks itself only with canaries.
    if !settings.canaries.is_empty() {
        names.insert(DEFAULT_CHANNEL.to_owned());
    }
    if names.contains(DEFAULT_CHANNEL) && !settings.channels.contains_key(DEFAULT_CHANNEL) {
        names.extend(settings.channels.keys().cloned());
    }
    names
}

/// The longest of each text, in one monitor.
fn largest(monitors: &[&Monitor]) -> Option<Monitor> {
    let first = monitors.first().copied()?;
    let longest = |text: fn(&Monitor) -> &str| {
        monitors.iter().map(|monitor| text(monitor)).max_by_key(|text| text.len())
    };
    let by = |length: fn(&Monitor) -> usize| {
        monitors.iter().max_by_key(|monitor| length(monitor)).copied().unwrap_or(first)
    };
    let optional =
        |text: fn(&Monitor) -> &str| longest(text).filter(|text| !text.is_empty()).map(str::to_owned);
    Some(Monitor {
        id: by(|monitor| monitor.id.as_str().len()).id.clone(),
        name: optional(|monitor| monitor.name.as_deref().unwrap_or_default()),
        description: optional(|monitor| monitor.description.as_deref().unwrap_or_default()),
        group: longest(|monitor| &monitor.group).unwrap_or_default().to_owned(),
        url: by(|monitor| monitor.url.to_string().len()).url.clone(),
        team: optional(|monitor| monitor.team.as_deref().unwrap_or_default()),
        tags: by(|monitor| monitor.tags.iter().map(String::len).sum()).tags.clone(),
        runbook: optional(|monitor| monitor.runbook.as_deref().unwrap_or_default()),
        ..first.clone()
    })
}

fn sample(
    definition: &ChannelDefinition,
    name: &ChannelName,
    monitor: &Monitor,
    environment: Option<&str>,
) -> Option<Message> {
    let now = Timestamp::UNIX_EPOCH;
    let channel = ChannelId { owner: None, name: name.clone() };
    let (grouping, labels) = (definition.grouping(), definition.labels());
    let route = Route { grouping, labels, ..Route::plain(channel) };
    let alerts = test_alerts(monitor, &route, &[Outcome::Fail], &"x".repeat(REASON), now);
    let context = MessageContext { environment, machine: None, now, period: Duration::ZERO };
    let id = "test.00000000000000000000000000";
    compose(alerts, context).into_iter().next().map(|message| message.into_test(id, id).message)
}

/// What of the requests is beyond the limits, a sentence each.
fn exceeded(definition: &ChannelDefinition, limits: ChannelLimits, message: &Message) -> Vec<String> {
    match definition.ready(|_| Ok::<_, Infallible>("x".repeat(SECRET))) {
        Ok(ready) => limits.exceeded(&ready.render(message)),
        Err(never) => match never {},
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::channels::ChannelKind;

    fn definition(fields: &serde_json::Value) -> ChannelDefinition {
        let fields = fields.as_object().expect("an object");
        ChannelDefinition::read(fields, &Path::from("channels.x"), &mut Vec::new()).expect("a channel")
    }

    fn monitors() -> [Monitor; 2] {
        let mut one = Monitor::sample(&"a".repeat(64), "https://a.example/");
        one.tags = (0..50).map(|n| format!("{n}{}", "t".repeat(60))).collect();
        let mut two = Monitor::sample("b", &format!("https://b.example/{}", "p".repeat(2_000)));
        (two.name, two.runbook) =
            (Some("n".repeat(200)), Some(format!("https://wiki.example/{}", "r".repeat(1_900))));
        [one, two]
    }

    #[test]
    fn the_sample_has_the_longest_of_each_text() {
        let [one, two] = &monitors();
        let largest = largest(&[one, two]).expect("monitors");
        assert_eq!((&largest.id, &largest.tags), (&one.id, &one.tags));
        assert_eq!((&largest.name, &largest.url, &largest.runbook), (&two.name, &two.url, &two.runbook));
        assert_eq!(super::largest(&[]), None);
    }

    #[test]
    fn a_message_beyond_a_limit_is_found_and_every_kind_is_within_its_own() {
        let [one, two] = &monitors();
        let monitor = largest(&[one, two]).expect("monitors");
        let name = ChannelName::parse("chat").expect("a name");
        let slack = definition(&json!({"kind": "slack", "url": "${env:X}"}));
        let message = sample(&slack, &name, &monitor, Some("prod")).expect("a message");
        assert!(message.headline(300).starts_with("[TEST] CRITICAL DOWN aaaa"), "{}", message.headline(300));
        let limits = ChannelKind::Slack.limits();
        assert_eq!(exceeded(&slack, limits, &message), [""; 0]);
        let small = ChannelLimits { bytes: 100, texts: &[], counts: &[], ..limits };
        let found = exceeded(&slack, small, &message);
        assert!(found.len() == 1 && found[0].ends_with(" bytes of 100"), "{found:?}");
    }
}
