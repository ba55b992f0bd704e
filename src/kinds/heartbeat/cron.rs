//! A schedule as cron has it, on the clock of a time zone.

use std::fmt;
use std::sync::OnceLock;

use cronexpr::{Crontab, FallbackTimezoneOption, MakeTimestamp, ParseOptions, parse_crontab_with};
use jiff::civil::DateTime;
use jiff::tz::{TimeZone, TimeZoneDatabase};
use jiff::{SignedDuration, Timestamp};

/// The zone where none is said.
pub const DEFAULT_ZONE: &str = "UTC";

/// Clocks are put forward by less than this.
const LONGEST_SHIFT: SignedDuration = SignedDuration::from_hours(3);

/// Times that are looked at for one that lies after a moment: more than there are minutes in twice that shift.
const LOOKED_AT: usize = 400;

/// Times that are looked at for the longest wait between two: of a month, but not very many, and at least so few.
const COMPARED: usize = 320;
const COMPARED_DAYS: i64 = 35;
const COMPARED_AT_LEAST: usize = 3;

/// Where those begin: a Monday, before a leap day.
const COMPARED_FROM: DateTime = DateTime::constant(2024, 1, 1, 0, 0, 0, 0);

/// When a program should begin, again and again.
#[derive(Clone)]
pub struct CronSchedule {
    text: String,
    zone_name: String,
    zone: TimeZone,
    /// On a clock that is never changed.
    crontab: Crontab,
}

/// Why something is no schedule.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CronError {
    #[error("a schedule has five fields: minute, hour, day of month, month and day of week")]
    NotFiveFields,
    #[error("{0:?} is no number, name, `*`, list, range or step")]
    OddField(String),
    #[error("{0}")]
    Unreadable(String),
    #[error("{0:?} is not a time zone")]
    UnknownZone(String),
}

impl CronSchedule {
    /// `zone` is a name of the IANA database.
    pub fn parse(text: &str, zone: &str) -> Result<Self, CronError> {
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        if text.split(' ').count() != 5 {
            return Err(CronError::NotFiveFields);
        }
        if let Some(odd) = text.split(' ').find(|field| !is_plain(field)) {
            return Err(CronError::OddField(odd.to_owned()));
        }
        let mut options = ParseOptions::default();
        options.fallback_timezone_option = FallbackTimezoneOption::UTC;
        let crontab = parse_crontab_with(&text, options).map_err(|error| {
            // It draws a caret under the text in further lines.
            let error = error.to_string();
            CronError::Unreadable(
                error.lines().last().unwrap_or_default().trim_matches([' ', '^']).to_owned(),
            )
        })?;
        let parsed = zones().get(zone).map_err(|_| CronError::UnknownZone(zone.to_owned()))?;
        Ok(Self { text, zone_name: zone.to_owned(), zone: parsed, crontab })
    }

    /// The first time after `moment`; `None` if there is none within four years.
    ///
    /// Where the clock is changed, a time that does not exist is as much later as the clock was put forward, and of one
    /// that comes twice the first is meant: so do windows of maintenance, and so does cron with a daily program.
    pub fn after(&self, moment: Timestamp) -> Option<Timestamp> {
        let local = self.zone.to_datetime(moment);
        let mut from = local.saturating_sub(LONGEST_SHIFT);
        for _ in 0..LOOKED_AT {
            from = self.next(from)?;
            let at = self.zone.to_ambiguous_timestamp(from).compatible().ok()?;
            if at > moment {
                return Some(at);
            }
        }
        None
    }

    /// The longest wait between two times, as far as they are looked at; it compares schedules.
    pub fn longest_wait(&self) -> Option<SignedDuration> {
        let times = std::iter::successors(self.next(COMPARED_FROM), |at| self.next(*at));
        let until = COMPARED_FROM.saturating_add(jiff::Span::new().days(COMPARED_DAYS));
        let counts = |(index, at): &(usize, DateTime)| *index < COMPARED_AT_LEAST || *at <= until;
        let times: Vec<_> = times.enumerate().take_while(counts).map(|(_, at)| at).take(COMPARED).collect();
        times.iter().zip(times.iter().skip(1)).map(|(one, next)| next.duration_since(*one)).max()
    }

    /// Whether there is a time at all.
    pub fn comes(&self) -> bool {
        self.next(COMPARED_FROM).is_some()
    }

    /// The next time on the clock.
    fn next(&self, from: DateTime) -> Option<DateTime> {
        let as_utc = from.to_zoned(TimeZone::UTC).ok()?.timestamp();
        self.crontab.find_next(MakeTimestamp(as_utc)).ok().map(|found| found.datetime())
    }
}

/// Whether a field has nothing but what every cron knows. The library takes more, such as `L`, and errs there in December.
fn is_plain(field: &str) -> bool {
    let is_atom = |atom: &str| {
        let is_name = atom.len() == 3 && atom.bytes().all(|byte| byte.is_ascii_alphabetic());
        let is_number = !atom.is_empty() && atom.bytes().all(|byte| byte.is_ascii_digit());
        atom == "*" || is_name || is_number
    };
    field.split([',', '-', '/']).all(is_atom)
}

/// Those that are built in, whatever the machine has: what is valid on a laptop is valid everywhere.
fn zones() -> &'static TimeZoneDatabase {
    static ZONES: OnceLock<TimeZoneDatabase> = OnceLock::new();
    ZONES.get_or_init(TimeZoneDatabase::bundled)
}

impl PartialEq for CronSchedule {
    fn eq(&self, other: &Self) -> bool {
        (&self.text, &self.zone_name) == (&other.text, &other.zone_name)
    }
}

impl fmt::Debug for CronSchedule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CronSchedule({self})")
    }
}

impl fmt::Display for CronSchedule {
    /// `0 3 * * * Europe/Berlin`
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.text, self.zone_name)
    }
}
