//! Whether a DOWN is notified at once: a channel may take other severities only, or only what lasts. Pure.

use crate::channels::written_policy;
use crate::config::settings::WrittenChannels;
use crate::monitor::{ChannelName, Monitor};
use crate::written::{Code, Path, Violation};

/// Warns if no channel of the monitor takes its DOWN as soon as it is confirmed.
pub fn unnotified(monitor: &Monitor, channels: Option<&WrittenChannels>) -> Option<Violation> {
    let channels = channels?;
    let policy = |name: &ChannelName| channels.get(name.as_str()).and_then(written_policy);
    if !monitor.enabled || monitor.alert.is_notified(policy) {
        return None;
    }
    let names: Vec<_> = monitor.alert.to.iter().map(ToString::to_string).collect();
    let severity = monitor.alert.severity;
    let message = format!("no channel takes a DOWN of this monitor at once: {}", names.join(", "));
    let violation = Violation::new(Code::NoNotification, Path::from("alert").key("to"), message);
    let violation = violation.label(format!("none takes `{severity}` without `after`"));
    Some(
        violation
            .help(format!("add a channel whose `severities` has `{severity}`, and which has no `after`")),
    )
}

#[cfg(test)]
mod tests {
    use crate::config::{Circumstances, Code, Definitions, Extent, SourceFile, load_with_lints, settings};

    const SETTINGS: &str = "channels:
  oncall: { kind: file, severities: [critical] }
  late: { kind: file, after: 30m }
  all: { kind: file }
";

    fn places(monitors: &str) -> Vec<(usize, String)> {
        let file = |path: &str, text: &str| SourceFile {
            path: path.to_owned(),
            group: String::new(),
            bytes: text.into(),
        };
        let (settings, faults) = settings(&file("monitorctl.yaml", SETTINGS));
        assert_eq!(faults, []);
        let period = std::time::Duration::from_mins(2);
        let circumstances = Circumstances { period, extent: Extent::Whole, offer: None };
        let files = [file("monitors/a.yaml", monitors)];
        let found = load_with_lints(&files, Definitions::of(&settings), circumstances).diagnostics;
        let found = found.into_iter().filter(|found| found.code == Code::NoNotification);
        found.map(|found| (found.span.line, found.message)).collect()
    }

    #[test]
    fn a_monitor_whose_down_no_channel_takes_at_once_is_warned_of_where_it_says_so() {
        let monitor = |alert: &str| format!("id: a\nurl: https://a.example/\nalert: {alert}\n");
        let warned =
            |alert: &str| places(&monitor(alert)).into_iter().map(|(line, _)| line).collect::<Vec<_>>();
        assert_eq!(warned("{ to: [oncall], severity: warning }"), [3]);
        assert_eq!(warned("{ to: [late] }"), [3]);
        assert_eq!(warned("{ to: [late, oncall] }"), [0; 0]);
        assert_eq!(warned("{ to: [oncall, all], severity: info }"), [0; 0]);
        assert_eq!(warned("{ severity: info }"), [0; 0]);
        let text = &places(&monitor("{ to: [late, oncall], severity: info }"))[0].1;
        assert_eq!(text, "no channel takes a DOWN of this monitor at once: late, oncall");
    }
}
