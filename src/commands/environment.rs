//! Variables of the environment that are set to nothing count as unset: CI hands over inputs that were left empty so.
//!
//! Some are read by libraries (the AWS SDK, the reader of the command line), each with a rule of its own for an empty
//! text. So the program starts itself once more without them, before anything has read one.

use std::ffi::{OsStr, OsString};
use std::os::unix::process::CommandExt;
use std::process::Command;

/// Beginnings of the names that this program and its libraries read.
const BEGINNINGS: [&str; 6] = ["AWS_", "DDB_", "GITHUB_", "MONITORCTL_", "SSL_CERT_", "CLICOLOR"];

/// Whole names.
const NAMES: [&str; 12] = [
    "ALL_PROXY",
    "APP_ENVIRONMENT",
    "CI",
    "HTTPS_PROXY",
    "HTTP_PROXY",
    "LOGNAME",
    "NO_COLOR",
    "NO_PROXY",
    "SNS_TOPIC_ARN",
    "TERM",
    "USER",
    "COLUMNS",
];

/// An environment variable that is set to something.
pub fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

/// Whether this is a CI job.
pub fn is_ci() -> bool {
    variable("CI").is_some_and(|value| value != "false")
}

/// Replaces this process by itself without the variables that are set to nothing, if there are any.
pub fn drop_empty() {
    let empty: Vec<_> = empty(std::env::vars_os()).collect();
    if empty.is_empty() {
        return;
    }
    let Ok(program) = std::env::current_exe() else { return };
    let mut arguments = std::env::args_os();
    let mut command = Command::new(program);
    if let Some(name) = arguments.next() {
        command.arg0(name);
    }
    command.args(arguments);
    for name in empty {
        command.env_remove(name);
    }
    // It comes back only if that was not possible; then each reader does as it does.
    let _failed = command.exec();
}

/// The names of those that are read and empty.
fn empty(variables: impl Iterator<Item = (OsString, OsString)>) -> impl Iterator<Item = OsString> {
    variables.filter(|(name, value)| value.is_empty() && is_read(name)).map(|(name, _)| name)
}

fn is_read(name: &OsStr) -> bool {
    let Some(name) = name.to_str() else { return false };
    // Proxies are written in small letters too.
    let name = name.to_ascii_uppercase();
    NAMES.contains(&name.as_str()) || BEGINNINGS.iter().any(|beginning| name.starts_with(beginning))
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    use super::*;

    /// The texts of all files below a folder.
    fn texts(folder: &Path, found: &mut Vec<String>) {
        for entry in fs::read_dir(folder).expect("a folder").flatten() {
            let path = entry.path();
            if path.is_dir() {
                texts(&path, found);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                found.push(fs::read_to_string(path).expect("a file"));
            }
        }
    }

    #[test]
    fn every_variable_that_the_program_reads_counts_as_unset_when_it_is_empty() {
        let mut sources = Vec::new();
        texts(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut sources);
        let patterns = [
            r#"variable\("([A-Z_]+)"\)"#,
            r#"env = "([A-Z_]+)""#,
            r#"set\("([A-Z_]+)"\)"#,
            r#"name\("([A-Z_]+)","#,
        ];
        let mut read = 0;
        for pattern in patterns {
            let pattern = regex::Regex::new(pattern).expect("a pattern");
            for text in &sources {
                for found in pattern.captures_iter(text) {
                    read += 1;
                    assert!(is_read(OsStr::new(&found[1])), "{}", &found[1]);
                }
            }
        }
        assert!(read > 15, "only {read} were found");
    }

    #[test]
    fn only_what_is_empty_and_read_is_dropped() {
        let variables = [
            ("MONITORCTL_LOG", ""),
            ("MONITORCTL_PERIOD", "5m"),
            ("AWS_PROFILE", ""),
            ("https_proxy", ""),
            ("GIT_CONFIG_GLOBAL", ""),
            ("SHOP_TOKEN", ""),
        ];
        let variables = variables.into_iter().map(|(name, value)| (name.into(), value.into()));
        let dropped: Vec<OsString> = empty(variables).collect();
        assert_eq!(dropped, ["MONITORCTL_LOG", "AWS_PROFILE", "https_proxy"]);
    }
}
