//! `init --cron`: the line of a crontab that runs `check` from here. cron knows neither the PATH of a shell nor its
//! directory nor its variables, so the line says all of them.

use std::fs;
use std::path::Path;

use super::context::{Context, LOCAL_FOLDER, is_absent};
use super::environment::variable;
use super::failure::Failure;
use super::suggested_command::shell_word;
use super::target::StoreChoice;
use super::terminal::Terminal;
use crate::cli::Global;
use crate::exit::Exit;

/// What a run takes from the environment and is no secret. Credentials are a matter of the machine.
const VARIABLES: [&str; 21] = [
    "APP_ENVIRONMENT",
    "AWS_CA_BUNDLE",
    "AWS_CONFIG_FILE",
    "AWS_DEFAULT_REGION",
    "AWS_ENDPOINT_URL",
    "AWS_PROFILE",
    "AWS_REGION",
    "AWS_SHARED_CREDENTIALS_FILE",
    "DDB_CONFIG_TABLE",
    "DDB_HISTORY_TABLE",
    "DDB_STATE_TABLE",
    "MONITORCTL_ALLOW",
    "MONITORCTL_FILES",
    "MONITORCTL_NOTIFY",
    "MONITORCTL_PERIOD",
    "MONITORCTL_PROXIES",
    "MONITORCTL_ROLES",
    "MONITORCTL_SECRETS",
    "SNS_TOPIC_ARN",
    "SSL_CERT_DIR",
    "SSL_CERT_FILE",
];

/// The environment, which the command line may name as well.
const ENVIRONMENT: &str = "APP_ENVIRONMENT";

/// The store, which the command line may name as well.
const STORE: &str = "MONITORCTL_STORE";

/// Prints the line, and makes the folder that its log lies in.
pub fn print(global: &Global, terminal: Terminal) -> Result<Exit, Failure> {
    let context = Context::load(global, terminal)?;
    let unknown =
        |error| Failure::new(Exit::Failed, format!("cannot determine the program or the directory: {error}"));
    let program = std::env::current_exe().map_err(unknown)?;
    let folder = std::env::current_dir().map_err(unknown)?;
    let local = folder.join(LOCAL_FOLDER);
    let set = VARIABLES.iter().filter_map(|name| Some((*name, variable(name)?)));
    let set = set.filter(|(name, _)| *name != ENVIRONMENT);
    let set = set.chain(global.environment.clone().map(|name| (ENVIRONMENT, name)));
    let set = set.chain(global.store.clone().map(|store| (STORE, store)));
    let line = line(&program, &folder, &local.join("check.log"), set);
    if line.contains(char::is_control) {
        let message = "a variable or a path has a line break, which a crontab cannot hold";
        return Err(Failure::new(Exit::Failed, message));
    }
    fs::create_dir_all(&local).map_err(|error| {
        Failure::new(Exit::Failed, format!("cannot create the log folder {}: {error}", local.display()))
    })?;
    terminal.print(&format!("{line}\n"))?;
    terminal.say("add this line with `crontab -e`; overlapping runs are safe, because check takes a lock");
    terminal.say(
        "cron does not read the variables of your shell: if monitors use ${env:NAME}, write NAME=value above this line",
    );
    if let StoreChoice::Embedded { path, .. } = &context.choice
        && is_absent(path)
    {
        terminal.warn(&format!("no store at {} yet: run `monitorctl sync` first", path.display()));
    }
    Ok(Exit::Done)
}

/// One line, every two minutes: the period that `check` counts with where nothing else is said.
fn line(
    program: &Path,
    folder: &Path,
    log: &Path,
    variables: impl Iterator<Item = (&'static str, String)>,
) -> String {
    let path = |path: &Path| shell_word(&path.display().to_string());
    let set: Vec<_> = variables.map(|(name, value)| format!("{name}={} ", shell_word(&value))).collect();
    let set = set.concat();
    let (folder, program, log) = (path(folder), path(program), path(log));
    // cron takes a `%` for the end of the command.
    let command = format!("cd {folder} && {set}{program} check >> {log} 2>&1").replace('%', r"\%");
    format!("*/2 * * * * {command}")
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
