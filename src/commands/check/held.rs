//! What `check` says when another run has the work, or has done it. Pure.

use std::time::Duration;

use jiff::Timestamp;

use crate::monitor::{ago, format_duration, moment_near};
use crate::state::Held;

/// The line for people. `now` is the time of the store, `period` the time between two runs of cron.
pub fn held_words(held: &Held, period: Duration, now: Timestamp) -> String {
    match held {
        Held::By { holder: _, epoch: _, expires, host, process } => {
            let machine = host.as_ref().map(|host| format!(" on {host}")).unwrap_or_default();
            let process =
                process.as_ref().map(|process| format!(" as process {}", process.pid)).unwrap_or_default();
            let until = moment_near(*expires, now);
            format!("Another check is running{machine}{process} (its lock expires {until}).")
        }
        Held::OtherPeriod { period: other, host, at } => {
            let (other, own) = (format_duration(*other), format_duration(period));
            format!(
                "Not checked: {host} checks every {other}, last {}, and this run has a period of {own}. Use one period \
                 everywhere: set {other} here, or stop the other. `monitorctl check --all --period {own}` switches to {own}.",
                ago(*at, now)
            )
        }
        Held::Contended => "Another check is taking the lock at this moment.".to_owned(),
        Held::Done { slot, at } => {
            let ago = at.map(|at| format!(" {}", ago(at, now))).unwrap_or_default();
            let next = slot.saturating_add(1).saturating_mul(period.as_secs());
            let next = i64::try_from(next).ok().and_then(|next| Timestamp::from_second(next).ok());
            let next = next
                .map(|next| format!("; next scheduled run {}", moment_near(next, now)))
                .unwrap_or_default();
            format!("Already checked{ago}{next}. `--all` checks now.")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().expect("a time")
    }

    #[test]
    fn a_done_slot_names_the_next_one_and_the_way_to_check_now() {
        let now = at("2026-11-20T09:54:20Z");
        let period = Duration::from_mins(2);
        let slot = u64::try_from(now.as_second()).expect("after 1970") / 120;
        let done = |at| held_words(&Held::Done { slot, at }, period, now);
        assert_eq!(
            done(Some(at("2026-11-20T09:54:10Z"))),
            "Already checked 10s ago; next scheduled run 09:56:00 UTC. `--all` checks now."
        );
        assert_eq!(done(None), "Already checked; next scheduled run 09:56:00 UTC. `--all` checks now.");
    }

    #[test]
    fn a_running_check_is_named_with_the_end_of_its_lock() {
        let expires = at("2026-11-20T10:04:09Z");
        let host = Some("web-1".to_owned());
        let held = Held::By { holder: "01RUN".to_owned(), epoch: 1, expires, host, process: None };
        assert_eq!(
            held_words(&held, Duration::from_mins(2), at("2026-11-20T10:02:09Z")),
            "Another check is running on web-1 (its lock expires 10:04:09 UTC)."
        );
    }

    #[test]
    fn another_period_is_named_with_what_puts_it_right() {
        let at = at("2026-11-20T10:01:57Z");
        let held = Held::OtherPeriod { period: Duration::from_secs(30), host: "web-1".to_owned(), at };
        assert_eq!(
            held_words(&held, Duration::from_mins(2), self::at("2026-11-20T10:02:09Z")),
            "Not checked: web-1 checks every 30s, last 12s ago, and this run has a period of 2m. Use one period \
             everywhere: set 30s here, or stop the other. `monitorctl check --all --period 2m` switches to 2m."
        );
    }
}
