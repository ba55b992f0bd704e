//! One monitor, with every default filled in.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::time::Duration;

use jiff::Timestamp;

use super::{
    AlertPolicy, ChannelId, Expectations, IpChoice, IpVersion, MonitorId, Origin, Retry, Template, TlsPolicy,
    Window,
};
use crate::kinds::Ask;

/// Time from one probe to the next where nothing is said.
pub const DEFAULT_INTERVAL: Duration = Duration::from_mins(2);

/// How long monitorctl is cut off until the first reminder.
const REMIND: Duration = Duration::from_hours(4);

/// One endpoint to watch, with every default filled in.
#[derive(Debug, Clone, PartialEq)]
pub struct Monitor {
    pub id: MonitorId,
    /// For people; the id where none is given.
    pub name: Option<String>,
    /// What it is, in a few sentences.
    pub description: Option<String>,
    /// Over which versions of IP it is probed.
    pub ip: IpChoice,
    /// The name server that its names are looked up at; `None` stands for those of the machine.
    pub resolver: Option<SocketAddr>,
    /// The folder of its file below the catalog's root, `""` at the root.
    pub group: String,
    /// An absolute URL once its secrets are filled in; its scheme decides the kind of check.
    pub url: Template,
    /// What the kind of check asks for.
    pub ask: Ask,
    /// Time from one probe to the next, 1 min to 24 h.
    pub interval: Duration,
    /// Bound on one attempt, redirects included.
    pub timeout: Duration,
    pub retry: Retry,
    pub tls: TlsPolicy,
    pub expect: Expectations,
    pub alert: AlertPolicy,
    /// While one of these is DOWN, alerts of this one are suppressed.
    pub depends_on: BTreeSet<MonitorId>,
    /// Times in which its alerts are suppressed.
    pub maintenance: Vec<Window>,
    pub team: Option<String>,
    pub tags: BTreeSet<String>,
    pub runbook: Option<String>,
    /// sync refuses to remove or disable it in one step.
    pub protect: bool,
    pub enabled: bool,
    pub origin: Origin,
}

/// How long an alert waits for a monitor of `depends_on` that fails to be decided. Rarely probed ones take longer; then
/// two messages are better than one that comes too late.
pub const PARENT_PATIENCE: Duration = Duration::from_mins(15);

impl Monitor {
    /// What is left of a monitor whose definition is gone: a name, and every default. It cannot be probed.
    pub fn remembered(id: MonitorId) -> Self {
        Self {
            id,
            name: None,
            description: None,
            ip: IpChoice::Any,
            resolver: None,
            group: String::new(),
            url: Template::default(),
            ask: Ask::default(),
            interval: DEFAULT_INTERVAL,
            timeout: Duration::ZERO,
            tls: TlsPolicy::default(),
            retry: Retry::default(),
            expect: Expectations::of(Vec::new()),
            alert: AlertPolicy::default(),
            depends_on: BTreeSet::new(),
            maintenance: Vec::new(),
            team: None,
            tags: BTreeSet::new(),
            runbook: None,
            protect: false,
            enabled: false,
            origin: Origin::default(),
        }
    }

    /// Whether one of its maintenance windows is open.
    pub fn is_in_maintenance(&self, at: Timestamp) -> bool {
        self.maintenance.iter().any(|window| window.between(at, at).iter().any(|span| span.has(at)))
    }

    /// monitorctl on the machine `host`, for the alerts about itself. They go where those of monitors go that name no
    /// topic.
    pub fn prober(host: &str) -> Self {
        Self {
            name: Some(format!("monitorctl on {host}")),
            alert: AlertPolicy { failures: 1, remind: Some(REMIND), ..AlertPolicy::default() },
            enabled: true,
            ..Self::remembered(MonitorId::prober())
        }
    }

    /// A channel, for the alerts about itself, which other channels get: one when it takes no notifications, and one when it
    /// takes them again.
    pub fn channel(channel: &ChannelId) -> Self {
        let owner = channel.owner.as_ref().map(|owner| format!(" of {owner}")).unwrap_or_default();
        Self {
            name: Some(format!("channel {}{owner}", channel.name)),
            alert: AlertPolicy { failures: 1, ..AlertPolicy::default() },
            enabled: true,
            ..Self::remembered(MonitorId::of_channel(channel))
        }
    }

    /// Runs from one probe to the next, where one comes in every `period`. An interval that is no multiple of it is
    /// rounded down, so a monitor is never probed less often than it asks. Beats are looked at in every run.
    pub fn runs_apart(&self, period: Duration) -> u64 {
        if self.ask.beat_rule().is_some() { 1 } else { runs_apart(self.interval, period) }
    }

    /// Time from one probe to the next, where a run comes in every `period`.
    pub fn apart(&self, period: Duration) -> Duration {
        if self.ask.beat_rule().is_some() { period } else { probes_apart(self.interval, period) }
    }

    /// What one probe of it takes: itself, or itself over each version of IP, IPv6 first.
    pub fn by_ip_version(&self) -> Vec<Cow<'_, Self>> {
        let over = |version| Cow::Owned(Self { ip: IpChoice::Only(version), ..self.clone() });
        match self.ip {
            IpChoice::Any | IpChoice::Only(_) => vec![Cow::Borrowed(self)],
            IpChoice::Both => vec![over(IpVersion::V6), over(IpVersion::V4)],
        }
    }

    /// What is asked, in a line: `GET https://a.example/health`, `TCP mail.example:25 smtp`. References stay references.
    pub fn request_line(&self) -> String {
        self.ask.describe(&self.url.to_string())
    }

    /// What people call it: the name, or the id.
    pub fn title(&self) -> &str {
        self.name.as_deref().unwrap_or(self.id.as_str())
    }
}

fn runs_apart(interval: Duration, period: Duration) -> u64 {
    (interval.as_secs() / period.as_secs().max(1)).max(1)
}

/// Time from one probe to the next of a monitor with this interval, where a run comes in every `period`.
pub fn probes_apart(interval: Duration, period: Duration) -> Duration {
    period.saturating_mul(u32::try_from(runs_apart(interval, period)).unwrap_or(u32::MAX))
}
