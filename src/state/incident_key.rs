//! The key of an incident: what its first notification, all that follow and its end have in common.

use std::fmt;

use crate::monitor::MonitorId;
use crate::transition::{Confirmed, Health};

/// Stands for the owner of a monitor that has none.
const UNMANAGED: &str = "unmanaged";

/// `<owner>/<monitor>/<incarnation>/<n>`. The monitor and its owner are those of the time at which it began: a rename and
/// a take-over leave it as it is, because a pager ends an incident by the key that began it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct IncidentKey(String);

impl IncidentKey {
    /// The key of the next incident of a monitor. `before` is what was confirmed until then.
    ///
    /// A monitor that is DEGRADED first has no incident yet. Its number is that of the incident that it may become.
    pub fn next(
        owner: Option<&str>,
        monitor: &MonitorId,
        incarnation: &str,
        before: Option<&Confirmed>,
    ) -> Self {
        let last = before.and_then(|before| before.incident.as_ref()).map_or(0, |incident| incident.n);
        Self(format!("{}/{monitor}/{incarnation}/{}", owner.unwrap_or(UNMANAGED), last + 1))
    }

    /// As it is stored.
    pub fn stored(text: String) -> Self {
        Self(text)
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for IncidentKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Whether a change of health begins what has a key of its own. DEGRADED and DOWN after each other have one key.
pub fn begins(before: Health, after: Health) -> bool {
    let is_bad = |health| match health {
        Health::Degraded | Health::Down => true,
        Health::New | Health::Up => false,
    };
    !is_bad(before) && is_bad(after)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::super::{Decider, Delivered, Heard, OwnedMonitor, Row, decide, let_go};
    use super::*;
    use crate::monitor::{ChannelId, Monitor};
    use crate::transition::Unwatched;
    use crate::verdict::{Judgement, Verdict};

    const OWNER: Option<&str> = Some("acme/shop");

    /// A monitor with its row, a minute a run.
    struct Played {
        monitor: Monitor,
        row: Option<Row>,
        epoch: u64,
    }

    impl Played {
        fn new() -> Self {
            let mut monitor = Monitor::sample("api", "https://api.example");
            monitor.alert.failures = 1;
            Self { monitor, row: None, epoch: 0 }
        }

        fn by(&mut self) -> Decider<'static> {
            self.epoch += 1;
            let now = jiff::Timestamp::from_second(60 * i64::try_from(self.epoch).expect("small"));
            Decider { holder: "run", epoch: self.epoch, now: now.expect("in range") }
        }

        /// `p`, `d` and `f`: a probe that passes, is degraded or fails.
        fn see(&mut self, letters: &str, owner: Option<&str>) -> &mut Self {
            for letter in letters.chars() {
                let verdict = match letter {
                    'p' => Verdict::Pass,
                    'd' => Verdict::Degraded,
                    _ => Verdict::Fail,
                };
                let by = self.by();
                let judgement = Judgement::without_evidence(verdict, by.now);
                let watched = OwnedMonitor { monitor: &self.monitor, owner };
                let (judged, routed) = (String::new, || BTreeSet::from([ChannelId::of_machine()]));
                if let Some(write) = decide(by, self.row.as_ref(), watched, &judgement, judged, routed) {
                    self.row = Some(write.row().clone());
                }
            }
            self
        }

        fn row(&mut self) -> &mut Row {
            self.row.as_mut().expect("it has a row")
        }

        /// The number in the key of the row, and of what the channel hears.
        fn numbers(&mut self) -> (String, String) {
            let number = |key: &IncidentKey| key.as_str().rsplit('/').next().unwrap_or_default().to_owned();
            let row = self.row();
            (number(&row.incident_key), number(row.incident_key_for(&ChannelId::of_machine())))
        }

        /// The channel accepts what is pending.
        fn deliver(&mut self) -> &mut Self {
            let row = self.row();
            let channel = ChannelId::of_machine();
            let Confirmed { seq, health, since, .. } = row.confirmed;
            let key = row.incident_key_for(&channel).clone();
            row.acknowledge(&channel, &Heard::Delivered(Delivered::new(seq, health, since).under(&key)));
            self
        }
    }

    #[test]
    fn a_key_is_made_of_owner_monitor_incarnation_and_number() {
        let id = MonitorId::parse("payments-api").expect("an id");
        let key = |owner| IncidentKey::next(owner, &id, "a1b2c3d4", None).to_string();
        assert_eq!(key(OWNER), "acme/shop/payments-api/a1b2c3d4/1");
        assert_eq!(key(None), "unmanaged/payments-api/a1b2c3d4/1");
    }

    #[test]
    fn degraded_and_down_after_each_other_have_one_key_and_the_next_incident_another() {
        let mut played = Played::new();
        let mut key = |letters| played.see(letters, OWNER).row().incident_key.to_string();
        let first = key("pd");
        assert!(first.ends_with("/1"), "{first}");
        for letters in ["f", "d", "f", "p"] {
            assert_eq!(key(letters), first, "{letters}");
        }
        // Two incidents were part of it.
        assert!(key("f").ends_with("/3"));
    }

    #[test]
    fn another_owner_another_name_and_the_end_of_watching_leave_a_key_as_it_is() {
        let mut played = Played::new();
        let key = played.see("pf", OWNER).row().incident_key.clone();
        assert_eq!(played.see("d", Some("acme/other")).row().incident_key, key);
        let renamed = MonitorId::parse("renamed").expect("an id");
        played.monitor.id = renamed.clone();
        played.row().monitor = renamed;
        assert_eq!(played.see("f", None).row().incident_key, key);
        let by = played.by();
        let write = let_go(by, played.row(), Unwatched::Removed).expect("it is written");
        assert_eq!(write.row().incident_key, key);
        let next = played.see("pf", Some("acme/other")).row().incident_key.to_string();
        assert!(next.starts_with("acme/other/renamed/"), "{next}");
    }

    // Trap 42
    #[test]
    fn what_began_under_a_key_ends_under_it_whatever_a_channel_missed_meanwhile() {
        let number = |played: &mut Played| played.numbers();
        let both = |one: &str, other: &str| (one.to_owned(), other.to_owned());
        let mut played = Played::new();
        // DOWN is delivered, UP is not, and it goes DOWN again.
        assert_eq!(number(played.see("pf", OWNER).deliver().see("pf", OWNER)), both("2", "1"));
        assert_eq!(number(played.deliver().see("p", OWNER)), both("2", "1"));
        assert_eq!(number(played.deliver()), both("2", "2"));
        // The next one that is delivered in time has its own.
        assert_eq!(number(played.see("f", OWNER)), both("3", "3"));
        assert_eq!(number(played.deliver().see("p", OWNER).deliver()), both("3", "3"));
        // Whether the channel accepted the first message is not known: its answer may have got lost.
        assert_eq!(number(played.see("fpf", OWNER)), both("5", "4"));
        assert_eq!(number(played.deliver().see("p", OWNER)), both("5", "4"));
    }
}
