//! How the figures of a report are computed. Every format prints these.

use crate::view::ReportView;

/// A term and what it means.
pub type Definition = (&'static str, &'static str);

const ALWAYS: [Definition; 5] = [
    (
        "Available",
        "The observed time without downtime, divided by the observed time. Maintenance counts on neither side. Rounded down.",
    ),
    (
        "Down",
        "Confirmed DOWN incidents, from the first failed probe on, as far as they were observed and outside of maintenance.",
    ),
    (
        "Observed",
        "A result holds until the next one, for at most 1.5 times the interval. Shown below 99 %; the rest is unknown.",
    ),
    ("Passed", "Probes that passed, of all that gave a result."),
    (
        "MTTR, MTBF",
        "Mean time to recovery of closed outages; mean time from the begin of one outage of a monitor to the next.",
    ),
];

const TOTALS: Definition = ("Totals", "Sums over the monitors. A total is never an average of averages.");

const BUDGET: Definition = (
    "Budget",
    "Downtime that the objective still allows: its allowed share of the observed time, without maintenance, less the downtime.",
);

pub fn definitions(view: &ReportView) -> Vec<Definition> {
    let budget = view.slo.map(|_| BUDGET);
    ALWAYS.into_iter().chain([TOTALS]).chain(budget).collect()
}
