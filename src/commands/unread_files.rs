//! Lost monitors whose files are still there: `folders:` of the settings does not read them any more.

use std::path::Path;

use super::settings::SETTINGS_FILE;
use crate::monitor::count;
use crate::plan::{Action, Plan, Risk};
use crate::source::MonitorFolders;

/// Files that are named; the plan has the place of each monitor.
const MOST_NAMED: usize = 3;

/// Says which line leaves out the files of lost monitors, if one does.
pub fn unread_files(plan: &Plan, folders: &MonitorFolders, environment: Option<&str>) -> Option<String> {
    let MonitorFolders::Listed(patterns) = folders else { return None };
    let file = |source: &'_ str| source.rsplit_once(':').map_or(source, |(file, _)| file).to_owned();
    let lost = plan.changes.iter().filter(|change| change.risk == Risk::Loss).filter_map(|change| {
        let Action::Remove { stored } = &change.action else { return None };
        Some(file(stored.source.as_deref()?))
    });
    let lost: Vec<_> =
        lost.filter(|file| patterns.folder_of(file).is_none() && Path::new(file).is_file()).collect();
    if lost.is_empty() {
        return None;
    }
    let settings = std::fs::read_to_string(SETTINGS_FILE).unwrap_or_default();
    let place = match folders_line(&settings, environment) {
        Some(line) => format!("`folders:` ({SETTINGS_FILE}:{line})"),
        None => format!("{SETTINGS_FILE}, which has no `folders:`,"),
    };
    let (monitors, are) = (count(lost.len(), "lost monitor"), crate::monitor::is_or_are(lost.len()));
    let mut files = lost;
    files.sort();
    files.dedup();
    let named = files.iter().take(MOST_NAMED).map(String::as_str).collect::<Vec<_>>().join(", ");
    let more = match files.len().saturating_sub(MOST_NAMED) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    Some(format!("{monitors} {are} still in files that {place} does not read: {named}{more}"))
}

/// The line of `folders:` that counts in an environment: its own one, else the one at the top. From 1.
fn folders_line(settings: &str, environment: Option<&str>) -> Option<usize> {
    let lines: Vec<_> = settings.lines().collect();
    let depth = |line: &str| line.len() - line.trim_start().len();
    let is_name = |line: &str, name: &str| {
        line.trim_start().strip_prefix(name).is_some_and(|rest| rest.starts_with(':'))
    };
    let own = environment.and_then(|name| {
        let listed = lines.iter().position(|line| line.starts_with("environments:"))?;
        let start =
            listed + lines[listed..].iter().position(|line| depth(line) > 0 && is_name(line, name))?;
        let rest = lines.iter().enumerate().skip(start + 1);
        let mut block =
            rest.take_while(|(_, line)| line.trim().is_empty() || depth(line) > depth(lines[start]));
        let on_one_line = lines[start].contains("folders:").then_some(start);
        on_one_line.or_else(|| block.find(|(_, line)| is_name(line, "folders")).map(|(at, _)| at))
    });
    own.or_else(|| lines.iter().position(|line| line.starts_with("folders:"))).map(|at| at + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_of_the_folders_is_that_of_the_environment_or_the_one_at_the_top() {
        let block = "owner: a\nfolders:\n  - ops\nenvironments:\n  prod:\n    vars: {x: 1}\n    folders: [prod]\n  staging: {}\n";
        let flow = "environments:\n  staging: {}\n  prod: { folders: [prod] }\n";
        for (settings, environment, expected) in [
            (block, None, Some(2)),
            (block, Some("prod"), Some(7)),
            (block, Some("staging"), Some(2)),
            (flow, Some("prod"), Some(3)),
            (flow, Some("staging"), None),
            ("", None, None),
        ] {
            assert_eq!(folders_line(settings, environment), expected, "{environment:?}\n{settings}");
        }
    }
}
