//! A report for a wiki or an issue.

use std::fmt::Write as _;

use super::definitions::definitions;
use super::sections::{group_name, monitor_name, subtitle, summary, title, without_results, worst};
use super::table::{ReportColumn, ReportRow};
use crate::monitor::count;
use crate::view::{ReportLine, ReportTotals, ReportView};

pub fn markdown(view: &ReportView) -> String {
    let mut text = format!("# {}\n\n{}.\n", title(view), subtitle(view));
    if view.lines.is_empty() {
        text.push_str("\nNo monitor has a result in this period.\n");
        return text;
    }
    let parts: Vec<_> =
        summary(view).into_iter().map(|(name, value)| format!("{name} **{value}**")).collect();
    let _ = writeln!(text, "\n{}", parts.join(" · "));
    let columns = ReportColumn::of(view);
    let groups: Vec<_> = view.groups().collect();
    for (group, lines) in &groups {
        if groups.len() > 1 || !group.is_empty() {
            let _ = writeln!(text, "\n## {}", inert(&group_name(group)));
        }
        text.push_str(&table(lines, &columns));
    }
    if groups.len() > 1 {
        let _ = writeln!(text, "\n## All groups\n\n{}", head("Monitors", &columns));
        text.push_str(&total(&view.totals(), &columns));
    }
    let worst = worst(view);
    if !worst.is_empty() {
        text.push_str("\n## Longest outages\n\n| Begin | Lasted | Monitor | Cause |\n|---|---|---|---|\n");
    }
    for outage in worst {
        let cause = inert(&outage.cause);
        let _ =
            writeln!(text, "| {} | {} | {} | {cause} |", outage.begun, outage.lasted, inert(&outage.monitor));
    }
    if let Some(sentence) = without_results(view) {
        let _ = writeln!(text, "\n{sentence}");
    }
    text.push_str("\n## Definitions\n\n");
    for (term, meaning) in definitions(view) {
        let _ = writeln!(text, "- **{term}**: {meaning}");
    }
    text
}

fn table(lines: &[ReportLine], columns: &[ReportColumn]) -> String {
    let mut text = format!("\n{}\n", head("Monitor", columns));
    for line in lines {
        let name = inert(&monitor_name(&line.id, line.name.as_deref()));
        text.push_str(&row(&name, ReportRow::of_line(line), columns));
    }
    if lines.len() > 1 {
        text.push_str(&total(&ReportTotals::of(lines), columns));
    }
    text
}

fn head(first: &str, columns: &[ReportColumn]) -> String {
    let titles: Vec<_> = columns.iter().map(|column| column.title()).collect();
    format!("| {first} | {} |\n|---|{}", titles.join(" | "), "--:|".repeat(columns.len()))
}

fn total(totals: &ReportTotals, columns: &[ReportColumn]) -> String {
    let name = format!("**{}**", count(totals.monitors, "monitor"));
    row(&name, ReportRow::of_totals(totals), columns)
}

fn row(name: &str, row: ReportRow<'_>, columns: &[ReportColumn]) -> String {
    let cells: Vec<_> = columns.iter().map(|column| row.cell(*column)).collect();
    format!("| {name} | {} |\n", cells.join(" | "))
}

/// A text of which nothing is markup, a mention or a cell of its own.
fn inert(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            // GitHub reads neither a mention nor a reference in these.
            '@' => out.push_str("&#64;"),
            '#' => out.push_str("&#35;"),
            '\\' | '|' | '`' | '*' | '_' | '[' | ']' | '!' | '~' | '$' => {
                out.push('\\');
                out.push(c);
            }
            ':' => out.push_str("&#58;"),
            _ => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_was_written_elsewhere_is_markup() {
        assert_eq!(inert("a|b <b>*x* @all #1"), "a\\|b &lt;b&gt;\\*x\\* &#64;all &#35;1");
        assert_eq!(inert("[x](https://a)"), "\\[x\\](https&#58;//a)");
    }
}
