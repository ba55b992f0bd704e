//! The incidents of the last days, day by day. Pure.

use jiff::ToSpan as _;
use jiff::civil::Date;

use super::row::{IncidentCard, PAST_DAYS, ReportCard, day_of};
use crate::view::PageView;

/// The incidents that began on one day, or several days in a row without one.
pub struct PastDays {
    pub heading: String,
    pub incidents: Vec<IncidentCard>,
    pub reports: Vec<ReportCard>,
}

/// The incidents of the last days by the day on which they began, the latest first. The notices of an open one stand
/// above already.
pub fn past_days(view: &PageView) -> Vec<PastDays> {
    let today = day_of(view.now);
    let mut days: Vec<PastDays> = Vec::new();
    // The latest of the days without an incident that are not listed yet.
    let mut quiet: Option<(Date, Date)> = None;
    for back in 0..PAST_DAYS {
        let date = today.saturating_sub(back.days());
        let on_day = view.incidents.iter().filter(|one| day_of(one.opened) == date);
        let incidents: Vec<IncidentCard> = on_day.map(|one| in_list(IncidentCard::of(view, one))).collect();
        let reports = view.notices.iter().filter(|one| one.opened().map(day_of) == Some(date));
        let reports: Vec<ReportCard> = reports.map(|one| ReportCard::in_list(view, one)).collect();
        if incidents.is_empty() && reports.is_empty() {
            quiet = Some((quiet.map_or(date, |(latest, _)| latest), date));
            continue;
        }
        days.extend(quiet.take().map(quiet_days));
        days.push(PastDays { heading: date.strftime("%-d %B").to_string(), incidents, reports });
    }
    days.extend(quiet.map(quiet_days));
    days
}

fn in_list(card: IncidentCard) -> IncidentCard {
    if card.is_open { IncidentCard { notices: Vec::new(), ..card } } else { card }
}

fn quiet_days((latest, earliest): (Date, Date)) -> PastDays {
    let heading = if latest == earliest {
        latest.strftime("%-d %B").to_string()
    } else if latest.month() == earliest.month() {
        format!("{} – {}", earliest.day(), latest.strftime("%-d %B"))
    } else {
        format!("{} – {}", earliest.strftime("%-d %B"), latest.strftime("%-d %B"))
    };
    PastDays { heading, incidents: Vec::new(), reports: Vec::new() }
}
