//! How long each phase of an attempt took.

use std::time::Duration;

/// The phases of one attempt in the order in which they began, each by its name. A phase that was not reached, or not
/// needed, is not among them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Phases(Vec<(&'static str, Duration)>);

impl Phases {
    /// Adds what `name` took. A phase that comes again, such as the lookup of a second name, replaces its first time.
    pub fn record(&mut self, name: &'static str, took: Duration) {
        match self.0.iter_mut().find(|(known, _)| *known == name) {
            Some((_, time)) => *time = took,
            None => self.0.push((name, took)),
        }
    }

    /// What `name` took; `None` where it was not reached or not needed.
    #[cfg(test)]
    pub fn get(&self, name: &str) -> Option<Duration> {
        self.iter().find(|(known, _)| *known == name).map(|(_, took)| took)
    }

    pub fn iter(&self) -> impl Iterator<Item = (&'static str, Duration)> + '_ {
        self.0.iter().copied()
    }
}

impl FromIterator<(&'static str, Duration)> for Phases {
    fn from_iter<I: IntoIterator<Item = (&'static str, Duration)>>(phases: I) -> Self {
        let mut all = Self::default();
        phases.into_iter().for_each(|(name, took)| all.record(name, took));
        all
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn phases_keep_the_order_in_which_they_began() {
        let second = Duration::from_secs(1);
        let phases = Phases::from_iter([("wait", second), ("dns", second), ("wait", 2 * second)]);
        assert_eq!(phases.iter().collect::<Vec<_>>(), [("wait", 2 * second), ("dns", second)]);
        assert_eq!((phases.get("wait"), phases.get("tls")), (Some(2 * second), None));
    }
}
