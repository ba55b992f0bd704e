//! One UTC day of a component as a bar: its colour, its height and its hatching. Pure.

use jiff::civil::Date;

/// One UTC day in whole seconds. `observed` and `unknown` add up to the part of the day that has passed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DayBar {
    pub date: Date,
    /// Confirmed, observed, and outside of maintenance.
    pub down: u32,
    /// Confirmed, observed, and outside of maintenance.
    pub degraded: u32,
    pub unknown: u32,
    /// The observed part inside of maintenance windows.
    pub maintenance: u32,
    pub observed: u32,
}

/// The colour of a day. A day with downtime is never `Operational`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DayShade {
    /// The component was not watched yet.
    Unwatched,
    /// Nothing went wrong, but more than half of the day is unknown.
    Unknown,
    /// Nothing went wrong, and more than half of what was observed was maintenance.
    Maintenance,
    Operational,
    Degraded,
    /// Down for less than 10 minutes.
    DownForMinutes,
    /// Down for less than an hour.
    DownUnderAnHour,
    DownForHours,
}

/// Whether a bar is hatched, because more than half of its day is unknown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hatching {
    Solid,
    Hatched,
}

/// A coloured part is at least this high, in per cent of the bar: one second of downtime has to be visible.
const LOWEST: u64 = 8;

impl DayBar {
    pub fn shade(&self) -> DayShade {
        let Self { date: _, down, degraded, unknown, maintenance, observed } = *self;
        match down {
            3600.. => DayShade::DownForHours,
            600.. => DayShade::DownUnderAnHour,
            1.. => DayShade::DownForMinutes,
            0 if degraded > 0 => DayShade::Degraded,
            0 if observed == 0 && unknown == 0 => DayShade::Unwatched,
            0 if unknown > observed => DayShade::Unknown,
            0 if maintenance > observed / 2 => DayShade::Maintenance,
            0 => DayShade::Operational,
        }
    }

    pub fn hatching(&self) -> Hatching {
        if self.unknown > self.observed { Hatching::Hatched } else { Hatching::Solid }
    }

    /// How much of the bar has its full colour, in per cent from the bottom. A day without trouble has all of it.
    pub fn height(&self) -> u64 {
        let troubled = if self.down > 0 { self.down } else { self.degraded };
        if troubled == 0 {
            return 100;
        }
        let counted = u64::from(self.observed.saturating_sub(self.maintenance)).max(1);
        (u64::from(troubled) * 100).div_ceil(counted).clamp(LOWEST, 100)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use DayShade::{
        Degraded, DownForHours, DownForMinutes, DownUnderAnHour, Maintenance, Operational, Unknown, Unwatched,
    };
    use Hatching::{Hatched, Solid};

    #[test]
    fn a_bar_has_the_colour_height_and_hatching_of_its_day() {
        // down, degraded, unknown, maintenance, observed
        let cases = [
            ([0, 0, 0, 0, 0], Unwatched, 100, Solid),
            ([0, 0, 0, 0, 86_400], Operational, 100, Solid),
            ([0, 0, 43_200, 0, 43_200], Operational, 100, Solid),
            ([0, 0, 43_201, 0, 43_199], Unknown, 100, Hatched),
            ([0, 0, 86_400, 0, 0], Unknown, 100, Hatched),
            ([0, 0, 0, 43_200, 86_400], Operational, 100, Solid),
            ([0, 0, 0, 43_201, 86_400], Maintenance, 100, Solid),
            ([0, 1, 0, 0, 86_400], Degraded, 8, Solid),
            ([0, 43_200, 0, 0, 86_400], Degraded, 50, Solid),
            ([1, 0, 0, 0, 86_400], DownForMinutes, 8, Solid),
            ([1, 86_000, 0, 0, 86_400], DownForMinutes, 8, Solid),
            ([599, 0, 0, 0, 86_400], DownForMinutes, 8, Solid),
            ([600, 0, 0, 0, 86_400], DownUnderAnHour, 8, Solid),
            ([3599, 0, 0, 0, 86_400], DownUnderAnHour, 8, Solid),
            ([3600, 0, 0, 0, 86_400], DownForHours, 8, Solid),
            ([43_200, 0, 0, 0, 86_400], DownForHours, 50, Solid),
            ([43_201, 0, 0, 0, 86_400], DownForHours, 51, Solid),
            ([86_400, 0, 0, 0, 86_400], DownForHours, 100, Solid),
            // Maintenance does not count, and what was not observed does not either.
            ([21_600, 0, 0, 43_200, 86_400], DownForHours, 50, Solid),
            ([60, 0, 86_280, 0, 120], DownForMinutes, 50, Hatched),
        ];
        for ([down, degraded, unknown, maintenance, observed], shade, height, hatching) in cases {
            let date = jiff::civil::date(2026, 11, 28);
            let bar = DayBar { date, down, degraded, unknown, maintenance, observed };
            assert_eq!((bar.shade(), bar.height(), bar.hatching()), (shade, height, hatching), "{bar:?}");
        }
    }
}
