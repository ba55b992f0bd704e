//! Rules that a schema cannot say, on a document with its defaults merged. They cost time, so they are for
//! files only; what is stored has passed them.

pub mod bounds;
pub mod build;
pub mod canonical;
pub mod ip;
pub mod maintenance;
pub mod storable;
pub mod timing;
pub mod tls;
pub mod web;

use crate::config::expectations::proof;
use crate::config::expectations::tried::PathCheck;
use crate::config::raw::RawMonitor;
use crate::config::raw::text_forms::ChannelNameText;
use crate::config::settings::WrittenChannels;
use crate::config::suggest::suggest;
use crate::kinds::{Built, WithoutTls};
use crate::monitor::{ChannelName, DEFAULT_CHANNEL};
use crate::written::{Code, Path, Violation};

/// Reports everything that `build` does not look at, beside the rules of a kind. Returns the assertions that are worth
/// trying.
pub fn check(raw: &RawMonitor, built: &Built, violations: &mut Vec<Violation>) -> Vec<PathCheck<Violation>> {
    let mut unreadable = Vec::new();
    let timing = timing::read(raw, &mut unreadable);
    // `build` reports a duration out of bounds; what does not fit such a one is no second fault.
    let mut misfits = Vec::new();
    timing::fit(&timing, &build::retry(raw.retry.as_ref(), &timing), &mut misfits);
    misfits.retain(|misfit| !unreadable.iter().any(|other: &Violation| misfit.concerns(&other.path)));
    violations.append(&mut misfits);
    maintenance::check(raw, violations);
    without_certificate(raw, built, violations);
    proof::check(&built.assertions, violations)
}

/// Names that monitorctl.yaml does not define would send the alerts to the default channel, where those who wait for
/// them do not look.
pub fn unknown_channels(raw: &RawMonitor, channels: &WrittenChannels) -> Vec<Violation> {
    let names = raw.alert.iter().flat_map(|alert| alert.to.iter().flatten());
    let unknown = names.enumerate().filter(|(_, ChannelNameText(name))| {
        name != DEFAULT_CHANNEL && !channels.contains_key(name) && ChannelName::parse(name).is_ok()
    });
    let violation = |(index, ChannelNameText(name)): (usize, &ChannelNameText)| {
        let path = Path::from("alert").key("to").index(index);
        let violation = Violation::new(Code::UnknownChannel, path, format!("unknown channel `{name}`"))
            .label("not in `channels:` of monitorctl.yaml");
        match suggest(name, channels.keys().map(String::as_str)) {
            Some(meant) => violation.help(format!("did you mean `{meant}`?")),
            None => violation.help("define it under `channels:` in monitorctl.yaml"),
        }
    };
    unknown.map(violation).collect()
}

/// Without TLS there is no certificate.
fn without_certificate(raw: &RawMonitor, built: &Built, violations: &mut Vec<Violation>) {
    let is_expected = raw.expect.as_ref().is_some_and(|expect| expect.certificate.is_some());
    let without = built.ask.without_tls(raw.url.as_deref().unwrap_or_default());
    if let Some(WithoutTls { message, help }) = without.filter(|_| is_expected) {
        violations.push(
            Violation::never_passes("expect.certificate", message)
                .on_key()
                .also("url", "because of this")
                .help(help),
        );
    }
}
