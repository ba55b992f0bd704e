//! A made-up quarter of made-up components. Deterministic: no clock, no randomness.

use jiff::civil::{Date, date};
use jiff::{SignedDuration, Timestamp, ToSpan as _};
use monitorctl::status_page::{
    ComponentState, ComponentView, DayBar, Impact, Indexing, MaintenanceTime, NoticeGroup, NoticeStatus,
    NoticeView, PageIncident, PageView, PlannedMaintenance, PublicCause, SloPercent,
};

const TODAY: Date = date(2026, 11, 29);
/// 05:12 UTC.
const PASSED_TODAY: u32 = 5 * 3600 + 12 * 60;
const DAY: u32 = 86_400;

const NAMES: [&str; 25] = [
    "Payments",
    "Checkout",
    "Accounts and sign-in",
    "Search",
    "Public API",
    "Webhooks",
    "Dashboard",
    "Mobile API",
    "Reports",
    "E-mail delivery",
    "File uploads",
    "Image processing",
    "Billing",
    "Subscriptions",
    "Invoices",
    "Tax calculation",
    "Fraud detection",
    "Notifications",
    "Exports",
    "Imports",
    "Partner API",
    "Sandbox",
    "Documentation",
    "Website",
    "Content delivery",
];
const REGIONS: [&str; 20] = [
    "",
    " EU",
    " US",
    " Asia",
    " UK",
    " Canada",
    " Brazil",
    " Japan",
    " India",
    " Australia",
    " Korea",
    " Mexico",
    " Chile",
    " Kenya",
    " Nigeria",
    " Egypt",
    " Türkiye",
    " Israel",
    " Vietnam",
    " New Zealand",
];

/// What is wrong at the end of the quarter.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Trouble {
    None,
    One,
    All,
    Stale,
}

pub struct Scenario {
    components: u32,
    trouble: Trouble,
}

impl Scenario {
    pub fn all() -> Vec<Self> {
        let troubles = [Trouble::None, Trouble::One, Trouble::All, Trouble::Stale];
        let of = |components| troubles.map(|trouble| Self { components, trouble });
        [3, 50, 500].into_iter().flat_map(of).collect()
    }

    pub fn name(&self) -> String {
        let trouble = match self.trouble {
            Trouble::None => "none",
            Trouble::One => "one",
            Trouble::All => "all",
            Trouble::Stale => "stale",
        };
        format!("{}-{trouble}", self.components)
    }

    pub fn view(&self) -> PageView {
        let now = now();
        let age = if self.trouble == Trouble::Stale { 47 * 60 } else { 40 };
        PageView {
            title: "Acme".to_owned(),
            url: "https://status.acme.example".to_owned(),
            indexing: Indexing::Refused,
            now,
            last_run: Some(now - SignedDuration::from_secs(age)),
            stale_after: SignedDuration::from_mins(10),
            maintenance_time: MaintenanceTime::Excluded,
            slo: SloPercent::parse("99.9"),
            components: (0..self.components).map(|number| self.component(number)).collect(),
            incidents: self.incidents(),
            notices: self.notices(),
            maintenance: self.maintenance(),
        }
    }

    fn state(&self, number: u32) -> ComponentState {
        match self.trouble {
            Trouble::All => ComponentState::Down,
            Trouble::One if number == 1 => ComponentState::Down,
            Trouble::One if number == 7 => ComponentState::Degraded,
            Trouble::One if number == 12 => ComponentState::Maintenance,
            Trouble::One if number == 21 => ComponentState::Unknown,
            Trouble::None | Trouble::One | Trouble::Stale => ComponentState::Operational,
        }
    }

    /// A region; a small page needs no headings.
    fn group(&self, number: u32) -> Option<String> {
        let region = REGIONS[number as usize / NAMES.len() % REGIONS.len()].trim();
        (self.components > 3).then(|| if region.is_empty() { "Global" } else { region }.to_owned())
    }

    fn component(&self, number: u32) -> ComponentView {
        let state = self.state(number);
        let days: Vec<DayBar> = (0..90).map(|back| day(number, 89 - back, state)).collect();
        let sum = |part: fn(&DayBar) -> u32| days.iter().map(|day| u64::from(part(day))).sum::<u64>();
        let [down, unknown, maintenance, observed] = [
            sum(|day| day.down),
            sum(|day| day.unknown),
            sum(|day| day.maintenance),
            sum(|day| day.observed),
        ];
        let counted = observed - maintenance;
        let share = observed * 10_000 / (observed + unknown);
        let passed = if state == ComponentState::Operational { 9 * 86_400 } else { 48 * 60 };
        ComponentView {
            id: name(number).to_lowercase().replace(' ', "-").replace('ü', "u"),
            name: name(number),
            group: self.group(number),
            state,
            since: Some(now() - SignedDuration::from_secs(passed)),
            availability: Some(percent((counted - down) * 10_000 / counted)),
            error_budget: Some(
                i64::try_from(counted).unwrap_or_default() - i64::try_from(down * 1_000).unwrap_or_default(),
            ),
            observed_share: (share < 9900).then(|| percent(share)),
            latency: (0..90).map(|day| latency(number, day)).collect(),
            days,
        }
    }

    fn incidents(&self) -> Vec<PageIncident> {
        let mut incidents = Vec::new();
        let ids = |numbers: &[u32]| -> Vec<String> {
            let on_page = numbers.iter().filter(|number| **number < self.components);
            on_page.map(|number| self.component(*number).id).collect()
        };
        let opened = at(TODAY, 4, 24);
        let notices = vec![
            notice(
                opened + SignedDuration::from_mins(22),
                NoticeStatus::Identified,
                "A database of our payment provider refuses connections. We are moving traffic to the **second region**; see the [provider's page](https://status.example.com).",
            ),
            notice(
                opened + SignedDuration::from_mins(6),
                NoticeStatus::Investigating,
                "Orders may fail when you pay. No order is charged twice.",
            ),
        ];
        let all: Vec<u32> = (0..self.components).collect();
        match self.trouble {
            Trouble::None | Trouble::Stale => {}
            Trouble::One => incidents.push(PageIncident {
                id: "2026-11-29-checkout".to_owned(),
                components: ids(&[1]),
                impact: Impact::Down,
                cause: PublicCause::NotReachable,
                opened,
                closed: None,
                notices,
            }),
            Trouble::All => incidents.push(PageIncident {
                id: "2026-11-29-all".to_owned(),
                components: ids(&all),
                impact: Impact::Down,
                cause: PublicCause::NotReachable,
                opened,
                closed: None,
                notices,
            }),
        }
        let resolved =
            "The new release is rolled back, and all errors are gone. We will add a check to the release.";
        incidents.push(PageIncident {
            id: "2026-11-27-payments".to_owned(),
            components: ids(&[0, 5, 8, 9]),
            impact: Impact::Down,
            cause: PublicCause::AnswersWithErrors,
            opened: at(date(2026, 11, 27), 9, 2),
            closed: Some(at(date(2026, 11, 27), 10, 14)),
            notices: vec![
                notice(at(date(2026, 11, 27), 10, 31), NoticeStatus::Resolved, resolved),
                notice(
                    at(date(2026, 11, 27), 9, 15),
                    NoticeStatus::Investigating,
                    "One payment in five fails with an error.",
                ),
            ],
        });
        incidents.push(PageIncident {
            id: "2026-11-20-accounts".to_owned(),
            components: ids(&[2]),
            impact: Impact::Degraded,
            cause: PublicCause::Slow,
            opened: at(date(2026, 11, 20), 23, 40),
            closed: Some(at(date(2026, 11, 21), 0, 55)),
            notices: Vec::new(),
        });
        incidents
    }

    /// What people reported, and no monitor saw.
    fn notices(&self) -> Vec<NoticeGroup> {
        let of_mails = |notices| NoticeGroup {
            id: "2026-11-25-mails".to_owned(),
            title: Some("Receipts arrive late".to_owned()),
            components: vec![self.component(0).id],
            notices,
        };
        let found = notice(
            at(date(2026, 11, 25), 14, 5),
            NoticeStatus::Identified,
            "A mail provider holds back our receipts. Payments are not affected.",
        );
        let over =
            notice(at(date(2026, 11, 25), 18, 40), NoticeStatus::Resolved, "All receipts were delivered.");
        match self.trouble {
            Trouble::None | Trouble::Stale => vec![of_mails(vec![over, found])],
            Trouble::One => vec![of_mails(vec![found])],
            Trouble::All => Vec::new(),
        }
    }

    fn maintenance(&self) -> Vec<PlannedMaintenance> {
        let starts = at(date(2026, 12, 2), 2, 0);
        vec![PlannedMaintenance {
            id: "2026-12-02-database".to_owned(),
            title: "Upgrade of the account database".to_owned(),
            components: vec![self.component(2).id],
            starts,
            ends: starts + SignedDuration::from_hours(2),
        }]
    }
}

fn now() -> Timestamp {
    at(TODAY, 5, 12)
}

fn at(date: Date, hour: i8, minute: i8) -> Timestamp {
    let time = date.at(hour, minute, 0, 0).to_zoned(jiff::tz::TimeZone::UTC);
    time.map_or(Timestamp::UNIX_EPOCH, |time| time.timestamp())
}

fn name(number: u32) -> String {
    let [name, region] = [number as usize % NAMES.len(), number as usize / NAMES.len()];
    format!("{}{}", NAMES[name], REGIONS[region % REGIONS.len()])
}

fn notice(at: Timestamp, status: NoticeStatus, markdown: &str) -> NoticeView {
    NoticeView { at, status, title: None, markdown: markdown.to_owned() }
}

fn percent(hundredths: u64) -> String {
    format!("{}.{:02} %", hundredths / 100, hundredths % 100)
}

/// A number that looks like chance and is always the same.
fn scatter(number: u32, day: u32) -> u32 {
    let mixed =
        (number.wrapping_mul(2_654_435_761) ^ day.wrapping_mul(2_246_822_519)).wrapping_mul(3_266_489_917);
    mixed ^ (mixed >> 15)
}

/// The day so many days ago.
fn day(number: u32, back: u32, state: ComponentState) -> DayBar {
    let date = TODAY.saturating_sub(i64::from(back).days());
    let length = if back == 0 { PASSED_TODAY } else { DAY };
    let fine = DayBar { date, down: 0, degraded: 0, unknown: 0, maintenance: 0, observed: length };
    if number % 11 == 6 && back > 52 {
        return DayBar { observed: 0, ..fine };
    }
    let seconds = scatter(number, back) / 97;
    match (back, number) {
        (0, _) => match state {
            ComponentState::Down => DayBar { down: 48 * 60, ..fine },
            ComponentState::Degraded => DayBar { degraded: 48 * 60, ..fine },
            ComponentState::Maintenance => DayBar { maintenance: 48 * 60, ..fine },
            ComponentState::Unknown => DayBar { unknown: 14_000, observed: length - 14_000, ..fine },
            ComponentState::Operational => fine,
        },
        (2, 0 | 5 | 8 | 9) => DayBar { down: 72 * 60, ..fine },
        (9, 2) => DayBar { degraded: 20 * 60, ..fine },
        (8, 2) => DayBar { degraded: 55 * 60, ..fine },
        // The prober was cut off.
        (33, _) => DayBar { unknown: 61_000, observed: DAY - 61_000, ..fine },
        (61, 0..4) => DayBar { maintenance: 14_400, ..fine },
        _ => match scatter(number, back) % 120 {
            0 => DayBar { down: 3600 + seconds % 40_000, ..fine },
            1 => DayBar { down: 600 + seconds % 3000, ..fine },
            2 | 3 => DayBar { down: 1 + seconds % 590, ..fine },
            4 => DayBar { degraded: 60 + seconds % 30_000, ..fine },
            _ => fine,
        },
    }
}

fn latency(number: u32, day: u32) -> Option<u32> {
    let base = 60 + scatter(number, 1000) % 260;
    let drift = base * ((day + number * 7) % 30) / 120;
    (day != 56).then_some(base + drift + scatter(number, day) % (base / 5 + 1))
}
