//! The words of a status page: states, causes, days and lengths of time. Pure.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::page::{MaintenanceTime, NoticeStatus, SloPercent};
use crate::view::{
    ComponentState, DayBar, DayShade, Impact, NoticeGroup, OverallState, PageIncident, PageView, PublicCause,
};

pub fn state_word(state: ComponentState) -> &'static str {
    match state {
        ComponentState::Operational => "Operational",
        ComponentState::Degraded => "Degraded",
        ComponentState::Down => "Down",
        ComponentState::Maintenance => "Maintenance",
        ComponentState::Unknown => "Unknown",
    }
}

/// What an availability says of maintenance.
pub fn maintenance_rule(rule: MaintenanceTime) -> &'static str {
    match rule {
        MaintenanceTime::Excluded => "Maintenance does not count.",
        MaintenanceTime::Included => "Maintenance counts as any other time.",
    }
}

/// What is left of the error budget, as it stands under the availability: `38 min left`.
pub fn budget_line(millis: i64) -> String {
    format!("{} {}", budget_amount(millis), if millis < 0 { "over" } else { "left" })
}

fn budget_amount(millis: i64) -> String {
    length(i64::try_from(millis.unsigned_abs() / 1_000).unwrap_or(i64::MAX))
}

/// What is left of the error budget, as a sentence.
pub fn budget_words(slo: SloPercent, millis: i64) -> String {
    let amount = budget_amount(millis);
    if millis < 0 {
        format!("The objective of {slo} % is missed: {amount} too much downtime.")
    } else {
        format!("Objective {slo} %: {amount} of downtime left.")
    }
}

/// The name of a state in CSS, in badges and in the addresses of symbols.
pub fn state_class(state: ComponentState) -> &'static str {
    match state {
        ComponentState::Operational => "ok",
        ComponentState::Degraded => "degraded",
        ComponentState::Down => "down",
        ComponentState::Maintenance => "maintenance",
        ComponentState::Unknown => "unknown",
    }
}

/// The state that stands for the whole page, which gives it its colour and its symbol.
pub fn overall_state(overall: OverallState) -> ComponentState {
    match overall {
        OverallState::Operational => ComponentState::Operational,
        OverallState::Maintenance { .. } => ComponentState::Maintenance,
        OverallState::Degraded { .. } => ComponentState::Degraded,
        OverallState::Down { .. } | OverallState::AllDown => ComponentState::Down,
        OverallState::Unknown { .. } => ComponentState::Unknown,
    }
}

/// The headline. It names a component if there is only one to name.
pub fn overall_line(view: &PageView) -> String {
    let line = |state, components: usize, one: &str, many: &str| {
        let mut affected = view.components.iter().filter(|component| component.state == state);
        match affected.next() {
            Some(component) if components == 1 => format!("{} {one}", component.name),
            _ => format!("{components} of {} components {many}", view.components.len()),
        }
    };
    match view.overall() {
        OverallState::Operational => "All systems operational".to_owned(),
        OverallState::Maintenance { components } => {
            line(ComponentState::Maintenance, components, "is under maintenance", "are under maintenance")
        }
        OverallState::Degraded { components } => {
            line(ComponentState::Degraded, components, "is degraded", "are degraded")
        }
        OverallState::Down { components } => line(ComponentState::Down, components, "is down", "are down"),
        OverallState::AllDown => match view.components.as_slice() {
            [component] => format!("{} is down", component.name),
            _ => "All systems are down".to_owned(),
        },
        OverallState::Unknown { components: 0 } => "No components yet".to_owned(),
        OverallState::Unknown { components } => {
            line(ComponentState::Unknown, components, "has an unknown state", "have an unknown state")
        }
    }
}

pub fn cause_words(cause: PublicCause) -> &'static str {
    match cause {
        PublicCause::NotReachable => "not reachable",
        PublicCause::AnswersWithErrors => "answers with errors",
        PublicCause::Slow => "slow",
        PublicCause::Certificate => "certificate",
    }
}

pub fn impact_class(impact: Impact) -> &'static str {
    match impact {
        Impact::Degraded => "degraded",
        Impact::Down => "down",
    }
}

pub fn notice_word(status: NoticeStatus) -> &'static str {
    match status {
        NoticeStatus::Investigating => "Investigating",
        NoticeStatus::Identified => "Identified",
        NoticeStatus::Monitoring => "Monitoring",
        NoticeStatus::Resolved => "Resolved",
    }
}

/// `Payments, Search and 3 more: not reachable`
pub fn incident_name(view: &PageView, incident: &PageIncident) -> String {
    format!("{}: {}", component_names(view, &incident.components), cause_words(incident.cause))
}

/// The title of notices that belong to no incident, or `Payments: investigating`.
pub fn group_name(view: &PageView, group: &NoticeGroup) -> String {
    let status = group.notices.first().map_or("notice", |latest| notice_word(latest.status));
    let words = || format!("{}: {}", component_names(view, &group.components), status.to_lowercase());
    group.title.clone().unwrap_or_else(words)
}

/// The names of up to three components; more are counted.
pub fn component_names(view: &PageView, ids: &[String]) -> String {
    let name =
        |id: &String| view.component(id).map_or_else(|| id.clone(), |component| component.name.clone());
    let names: Vec<String> = ids.iter().map(name).collect();
    match names.as_slice() {
        [] => "No component".to_owned(),
        [one] => one.clone(),
        [first, second] => format!("{first} and {second}"),
        [first, second, third] => format!("{first}, {second} and {third}"),
        [first, second, rest @ ..] => format!("{first}, {second} and {} more", rest.len()),
    }
}

/// What happened on a day, worst first.
pub fn day_words(day: &DayBar) -> String {
    let mut parts = Vec::new();
    if day.down > 0 {
        parts.push(format!("down {}", length(day.down.into())));
    }
    if day.degraded > 0 {
        parts.push(format!("degraded {}", length(day.degraded.into())));
    }
    match day.shade() {
        DayShade::Unwatched => parts.push("not watched yet".to_owned()),
        DayShade::Operational if day.unknown < 300 && day.maintenance == 0 => {
            parts.push("operational".to_owned());
        }
        DayShade::Operational | DayShade::Maintenance => parts.push("no downtime".to_owned()),
        DayShade::Unknown
        | DayShade::Degraded
        | DayShade::DownForMinutes
        | DayShade::DownUnderAnHour
        | DayShade::DownForHours => {}
    }
    if day.maintenance > 0 {
        parts.push(format!("maintenance {}", length(day.maintenance.into())));
    }
    if day.unknown >= 300 {
        parts.push(format!("unknown {}", length(day.unknown.into())));
    }
    parts.join(", ")
}

/// `45 s`, `12 min`, `1 h 5 min`, `3 d 2 h`: two units at most, rounded down.
pub fn length(seconds: i64) -> String {
    let [minutes, hours, days] = [seconds / 60, seconds / 3600, seconds / 86_400];
    let two = |whole: i64, unit: &str, rest: i64, small: &str| match rest {
        0 => format!("{whole} {unit}"),
        _ => format!("{whole} {unit} {rest} {small}"),
    };
    match seconds {
        ..60 => format!("{} s", seconds.max(0)),
        60..3600 => format!("{minutes} min"),
        3600..86_400 => two(hours, "h", minutes % 60, "min"),
        86_400.. => two(days, "d", hours % 24, "h"),
    }
}

/// `29 Nov 2026, 05:12 UTC`
pub fn moment(at: Timestamp) -> String {
    at.to_zoned(TimeZone::UTC).strftime("%-d %b %Y, %H:%M UTC").to_string()
}

/// `05:12`
pub fn clock_time(at: Timestamp) -> String {
    at.to_zoned(TimeZone::UTC).strftime("%H:%M").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_have_two_units_at_most() {
        let cases = [
            (-5, "0 s"),
            (0, "0 s"),
            (59, "59 s"),
            (60, "1 min"),
            (3599, "59 min"),
            (3600, "1 h"),
            (3900, "1 h 5 min"),
            (86_399, "23 h 59 min"),
            (86_400, "1 d"),
            (180_000, "2 d 2 h"),
        ];
        for (seconds, words) in cases {
            assert_eq!(length(seconds), words);
        }
    }

    #[test]
    fn an_objective_is_missed_by_what_is_below_zero() {
        let words = |millis| budget_words(SloPercent::parse("99.9").expect("an objective"), millis);
        assert_eq!(words(5_999), "Objective 99.9 %: 5 s of downtime left.");
        assert_eq!(words(0), "Objective 99.9 %: 0 s of downtime left.");
        assert_eq!(words(-660_000), "The objective of 99.9 % is missed: 11 min too much downtime.");
        assert_eq!([5_999, 0, -660_000].map(budget_line), ["5 s left", "0 s left", "11 min over"]);
    }

    #[test]
    fn a_day_is_described_in_words() {
        // down, degraded, unknown, maintenance, observed
        let cases = [
            ([0, 0, 0, 0, 0], "not watched yet"),
            ([0, 0, 0, 0, 86_400], "operational"),
            ([0, 0, 600, 0, 85_800], "no downtime, unknown 10 min"),
            ([0, 0, 86_400, 0, 0], "unknown 1 d"),
            ([0, 0, 0, 7200, 86_400], "no downtime, maintenance 2 h"),
            ([1, 0, 0, 0, 86_400], "down 1 s"),
            ([720, 3600, 0, 0, 86_400], "down 12 min, degraded 1 h"),
        ];
        for ([down, degraded, unknown, maintenance, observed], words) in cases {
            let date = jiff::civil::date(2026, 11, 28);
            assert_eq!(day_words(&DayBar { date, down, degraded, unknown, maintenance, observed }), words);
        }
    }
}
