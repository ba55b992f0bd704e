//! The difference between what is true and what was told.

use jiff::Timestamp;

use crate::transition::{Confirmed, Health, Incident};

/// What people were told last about one monitor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    /// The confirmed change that was told; an alert is owed while it is less than the current one.
    pub k: u64,
    pub health: Health,
    /// When the topic accepted it.
    pub at: Timestamp,
    /// Reminders sent since.
    pub reminders: u32,
}

/// What there is to tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum News {
    /// It was good, and is down.
    Down,
    /// It was down from the first probe on.
    NeverUp,
    /// It works, but not as well as it should.
    Degraded,
    /// It is good again after people were told otherwise.
    Up,
    /// It was down (or degraded) and is good again, all before anybody could be told.
    Over,
}

/// What is owed about one monitor, if anything.
pub fn owed(confirmed: &Confirmed, told: &Told) -> Option<News> {
    if told.k >= confirmed.k {
        return None;
    }
    Some(match (told.health, confirmed.health) {
        (Health::New, Health::Down) => News::NeverUp,
        (Health::Up | Health::Degraded | Health::Down, Health::Down) => News::Down,
        (_, Health::Degraded) => News::Degraded,
        (Health::Degraded | Health::Down, Health::Up | Health::New) => News::Up,
        (Health::Up | Health::New, Health::Up | Health::New) => News::Over,
    })
}

impl News {
    /// Whether there is something to be done about it.
    pub fn is_bad(self) -> bool {
        match self {
            Self::Down | Self::NeverUp | Self::Degraded => true,
            Self::Up | Self::Over => false,
        }
    }
}

impl Incident {
    /// The time it lasted, if it is over.
    pub fn duration(&self) -> Option<std::time::Duration> {
        let closed = self.closed_at?;
        std::time::Duration::try_from(closed.duration_since(self.opened_at)).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(told: (u64, Health), confirmed: (u64, Health), news: Option<News>) {
        let now = Timestamp::UNIX_EPOCH;
        let told = Told { k: told.0, health: told.1, at: now, reminders: 0 };
        let confirmed = Confirmed { k: confirmed.0, health: confirmed.1, ..Confirmed::new(now) };
        assert_eq!(owed(&confirmed, &told), news, "{told:?} {confirmed:?}");
    }

    #[test]
    fn an_alert_is_owed_exactly_while_told_is_behind() {
        use Health::{Degraded, Down, New, Up};
        check((0, Up), (0, Up), None);
        check((0, Up), (1, Down), Some(News::Down));
        check((1, Down), (1, Down), None);
        check((1, Down), (2, Up), Some(News::Up));
        check((0, New), (1, Down), Some(News::NeverUp));
        check((0, Up), (1, Degraded), Some(News::Degraded));
        check((1, Down), (2, Degraded), Some(News::Degraded));
        check((1, Degraded), (2, Up), Some(News::Up));
        // Nobody could be told in time.
        check((0, Up), (2, Up), Some(News::Over));
        check((0, New), (2, Up), Some(News::Over));
        // It came up and went down again in between: still down, and a new incident.
        check((1, Down), (3, Down), Some(News::Down));
    }
}
