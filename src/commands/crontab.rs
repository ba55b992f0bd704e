//! `init --cron`: the line of a crontab that runs `check` from here. cron knows neither the PATH of a shell nor its
//! directory nor its variables, so the line says all of them.

use std::fs;
use std::path::Path;

use super::context::{LOCAL_FOLDER, variable};
use super::failure::Failure;
use super::terminal::Terminal;
use crate::exit::Exit;

/// What a run is told by the environment and is no secret. Credentials are a matter of the machine.
const VARIABLES: [&str; 13] = [
    "APP_ENVIRONMENT",
    "AWS_ENDPOINT_URL",
    "AWS_PROFILE",
    "AWS_REGION",
    "AWS_DEFAULT_REGION",
    "DDB_CONFIG_TABLE",
    "DDB_HISTORY_TABLE",
    "DDB_STATE_TABLE",
    "MONITORCTL_ALLOW",
    "MONITORCTL_NOTIFY",
    "MONITORCTL_PERIOD",
    "MONITORCTL_STORE",
    "SNS_TOPIC_ARN",
];

/// Prints the line, and makes the folder that its log lies in.
pub fn print(terminal: Terminal) -> Result<Exit, Failure> {
    let unknown = |error| Failure::new(Exit::Failed, format!("cannot tell where this is: {error}"));
    let program = std::env::current_exe().map_err(unknown)?;
    let folder = std::env::current_dir().map_err(unknown)?;
    let local = folder.join(LOCAL_FOLDER);
    fs::create_dir_all(&local).map_err(|error| {
        Failure::new(Exit::Failed, format!("cannot make the folder {} of the log: {error}", local.display()))
    })?;
    let variables = VARIABLES.iter().filter_map(|name| Some((*name, variable(name)?)));
    let line = line(&program, &folder, &local.join("check.log"), variables);
    terminal.print(&format!("{line}\n"))?;
    terminal.say(
        "add this line with `crontab -e`; runs that overlap need no lock around them, because one leaves the work to the other",
    );
    Ok(Exit::Done)
}

/// One line, every two minutes: the period that `check` counts with where nothing else is said.
fn line(
    program: &Path,
    folder: &Path,
    log: &Path,
    variables: impl Iterator<Item = (&'static str, String)>,
) -> String {
    let path = |path: &Path| quoted(&path.display().to_string());
    let set: Vec<_> = variables.map(|(name, value)| format!("{name}={} ", quoted(&value))).collect();
    let set = set.concat();
    let (folder, program, log) = (path(folder), path(program), path(log));
    // cron takes a `%` for the end of the command.
    let command = format!("cd {folder} && {set}{program} check >> {log} 2>&1").replace('%', r"\%");
    format!("*/2 * * * * {command}")
}

/// As a shell takes it for one word.
fn quoted(text: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "._/:@,+=-".contains(c);
    if !text.is_empty() && text.chars().all(is_plain) {
        return text.to_owned();
    }
    format!("'{}'", text.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_of_cron_says_where_everything_is() {
        let at = |program: &str, folder: &str, variables: &[(&'static str, &str)]| {
            let log = Path::new(folder).join(".monitorctl/check.log");
            let variables = variables.iter().map(|(name, value)| (*name, (*value).to_owned()));
            line(Path::new(program), Path::new(folder), &log, variables)
        };
        assert_eq!(
            at("/home/ops/.cargo/bin/monitorctl", "/srv/monitors", &[]),
            "*/2 * * * * cd /srv/monitors && /home/ops/.cargo/bin/monitorctl check >> /srv/monitors/.monitorctl/check.log 2>&1"
        );
        assert_eq!(
            at(
                "/opt/my bin/monitorctl",
                "/srv/100%",
                &[("AWS_REGION", "eu-west-1"), ("APP_ENVIRONMENT", "it's")]
            ),
            r"*/2 * * * * cd '/srv/100\%' && AWS_REGION=eu-west-1 APP_ENVIRONMENT='it'\''s' '/opt/my bin/monitorctl' check >> '/srv/100\%/.monitorctl/check.log' 2>&1"
        );
    }
}
