//! What a man page says beside the command line: examples, exit codes, and variables of the environment. Pure.

use std::fmt::Write as _;

use crate::exit::Exit;

/// A command line and what it is for. The first word after `monitorctl` is the command.
const EXAMPLES: &[(&str, &str)] = &[
    ("monitorctl init", "Create monitorctl.yaml, an example monitor and the schemas."),
    ("monitorctl init --cron", "Print the crontab line for this directory."),
    ("monitorctl validate", "Validate all files in monitors/."),
    ("monitorctl validate --format github --strict", "Annotate a pull request and fail on warnings."),
    ("monitorctl schema --check", "Fail if the schemas in schema/ are outdated."),
    ("monitorctl diff", "Show what sync would change."),
    ("monitorctl diff --probe --only 'payments-*'", "Also probe the added and changed monitors once."),
    ("monitorctl diff --format json > plan.json", "Write a plan that sync --plan applies."),
    ("monitorctl sync", "Show the plan, ask for confirmation, and apply it."),
    ("monitorctl sync --plan plan.json --yes", "Apply a reviewed plan without confirmation."),
    ("monitorctl sync --undo last", "Undo the last sync."),
    ("monitorctl pull --drift", "Write edits made in the table to the monitor files."),
    ("monitorctl check", "Probe the monitors that are due. Cron runs this every two minutes."),
    ("monitorctl check --all team:search", "Probe all monitors of one team now."),
    ("monitorctl status", "Show the health of every monitor."),
    ("monitorctl status --format json --exit-code", "Exit 20 in a script if a monitor is not UP."),
    ("monitorctl explain payments-api", "Explain one monitor."),
    (
        "monitorctl silence add team:search --for 2h --reason 'index rebuild'",
        "Silence the alerts of one team for two hours.",
    ),
    ("monitorctl silence list", "List the active silences."),
    ("monitorctl silence end team:search", "End that silence early."),
    (
        "monitorctl simulate payments-api --outcomes 'up*3, fail*3, up' --expect 'down at 8m, up at 12m'",
        "Exit 21 unless this outage causes exactly these alerts.",
    ),
    ("monitorctl doctor", "Diagnose the installation."),
    ("monitorctl doctor --role check", "Also test the permissions of the role that runs check."),
    (
        "monitorctl completions bash > /etc/bash_completion.d/monitorctl",
        "Install the completion script for bash.",
    ),
    ("monitorctl man check | man -l -", "Read the man page of check."),
];

/// A variable, what it sets, and the commands that read it; none means every command.
struct Variable {
    name: &'static str,
    meaning: &'static str,
    commands: &'static [&'static str],
}

/// The commands that use a store.
const STORED: &[&str] = &["diff", "sync", "pull", "check", "status", "explain", "silence", "doctor"];

const VARIABLES: &[Variable] = &[
    Variable { name: "MONITORCTL_STORE", meaning: "Default of --store.", commands: &[] },
    Variable { name: "MONITORCTL_LOG", meaning: "Default of --log.", commands: &[] },
    Variable {
        name: "MONITORCTL_PERIOD",
        meaning: "Default of --period, the time between two cron runs of check.",
        commands: &["validate", "check", "status", "explain", "simulate"],
    },
    Variable {
        name: "MONITORCTL_ALLOW",
        meaning: "Default of --allow, the private address ranges that probes may reach.",
        commands: &["check", "diff"],
    },
    Variable { name: "MONITORCTL_NOTIFY", meaning: "Default of --notify.", commands: &["check"] },
    Variable {
        name: "MONITORCTL_SECRETS",
        meaning: "Comma-separated variables that monitors may use as ${env:NAME}; `*` ends a prefix.",
        commands: &["validate", "diff", "check", "doctor"],
    },
    Variable {
        name: "SNS_TOPIC_ARN",
        meaning: "SNS topic for monitors that name no topic. Required with --notify sns.",
        commands: &["check", "explain", "doctor"],
    },
    Variable {
        name: "DDB_CONFIG_TABLE",
        meaning: "Name of the DynamoDB table of monitors. Setting it selects --store dynamodb.",
        commands: STORED,
    },
    Variable { name: "DDB_STATE_TABLE", meaning: "Name of the DynamoDB table of states.", commands: STORED },
    Variable {
        name: "DDB_HISTORY_TABLE",
        meaning: "Name of the DynamoDB table of probe results.",
        commands: STORED,
    },
    Variable {
        name: "APP_ENVIRONMENT",
        meaning: "Name of the environment. Overrides `environment:` of monitorctl.yaml.",
        commands: STORED,
    },
    Variable {
        name: "AWS_REGION, AWS_PROFILE, …",
        meaning: "Region and credentials, as every AWS SDK reads them.",
        commands: STORED,
    },
    Variable {
        name: "CI",
        meaning: "In a CI job, a command refuses to use the local store by default.",
        commands: STORED,
    },
    Variable { name: "NO_COLOR", meaning: "Turns off colours with --color auto.", commands: &[] },
];

/// The sections between the options and the version, as roff. `None` is the page of the program.
pub fn sections(command: Option<&str>) -> String {
    let mut page = String::from(".SH \"EXIT STATUS\"\n");
    for exit in Exit::ALL.iter().filter(|exit| command.is_none_or(|command| ends(command, **exit))) {
        item(&mut page, &exit.code().to_string(), exit.meaning());
    }
    page.push_str(".SH ENVIRONMENT\n");
    for variable in VARIABLES {
        let is_read = |command: &str| variable.commands.is_empty() || variable.commands.contains(&command);
        if command.is_none_or(is_read) {
            item(&mut page, variable.name, variable.meaning);
        }
    }
    page.push_str(".SH EXAMPLES\n");
    for (line, purpose) in EXAMPLES {
        if command.is_none_or(|command| line.split(' ').nth(1) == Some(command)) {
            item(&mut page, line, purpose);
        }
    }
    page
}

/// Whether a command can end this way.
fn ends(command: &str, exit: Exit) -> bool {
    match exit {
        Exit::Done | Exit::Failed | Exit::Usage => true,
        Exit::Invalid => !matches!(command, "init" | "completions" | "man"),
        Exit::Partly => matches!(command, "sync" | "pull" | "check" | "silence"),
        Exit::Refused => matches!(command, "diff" | "sync"),
        Exit::Stale => command == "sync",
        Exit::Denied => STORED.contains(&command),
        Exit::Unconfirmed => matches!(command, "sync" | "silence"),
        Exit::ChangesPending | Exit::Drifted | Exit::PendingAndDrifted => command == "diff",
        Exit::NotUp => matches!(command, "check" | "status"),
        Exit::Differing => command == "simulate",
        Exit::HungUp | Exit::Interrupted | Exit::Quit | Exit::Terminated => {
            matches!(command, "check" | "sync")
        }
    }
}

/// A tagged paragraph. The `\&` keeps a first dot or quote from being a request.
fn item(page: &mut String, tag: &str, text: &str) {
    let escaped = |text: &str| text.replace('\\', "\\e").replace('-', "\\-").replace('\'', "\\(aq");
    let _ = writeln!(page, ".TP\n\\fB\\&{}\\fR\n\\&{}", escaped(tag), escaped(text));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::Cli;

    #[test]
    fn every_command_has_an_example_that_the_command_line_accepts() {
        for name in Cli::commands() {
            assert!(sections(Some(&name)).contains(&format!("\n\\fB\\&monitorctl {name}")), "{name}");
        }
        for (line, purpose) in EXAMPLES {
            assert!(purpose.ends_with('.') && purpose.len() < 90, "{purpose}");
            let typed = line.split(['>', '|']).next().unwrap_or_default();
            assert!(Cli::reads(&words(typed)), "{line}");
        }
    }

    /// The arguments of a command line in which single quotes are the only quoting.
    fn words(line: &str) -> Vec<String> {
        let parts = line.split('\'').enumerate().flat_map(|(i, part)| match i % 2 {
            0 => part.split_whitespace().map(str::to_owned).collect(),
            _ => vec![part.to_owned()],
        });
        parts.collect()
    }

    #[test]
    fn every_variable_of_an_option_is_listed_on_the_page_of_its_command() {
        let mut found = 0;
        for name in Cli::commands() {
            let page = sections(Some(&name));
            for variable in Cli::variables(&name) {
                found += 1;
                assert!(page.contains(&format!("\\fB\\&{variable}\\fR")), "{name}: {variable}");
            }
        }
        assert!(found > 20, "only {found} variables were found");
    }

    #[test]
    fn a_page_lists_the_exit_codes_of_its_command() {
        let (check, program) = (sections(Some("check")), sections(None));
        assert!(check.contains(".SH \"EXIT STATUS\"\n.TP\n\\fB\\&0\\fR\n\\&done\n"), "{check}");
        assert!(check.contains("\\fB\\&20\\fR") && !check.contains("\\fB\\&21\\fR"), "{check}");
        for exit in Exit::ALL {
            assert!(program.contains(&format!("\\fB\\&{}\\fR", exit.code())), "{exit:?}");
        }
    }
}
