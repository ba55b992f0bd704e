//! What a man page says beside the command line: examples, exit codes, and variables of the environment. Pure.

use std::fmt::Write as _;

use crate::cli::{Cli, Command, PageFacts, Reads};
use crate::exit::Exit;

/// A variable of the environment.
struct Variable {
    name: &'static str,
    meaning: &'static str,
    readers: Readers,
}

/// The commands that read a variable.
enum Readers {
    All,
    /// Those with an option that it sets.
    Option,
    /// Those that use a store.
    Store,
    Of(&'static [&'static str]),
}

const VARIABLES: &[Variable] = &[
    Variable { name: "MONITORCTL_STORE", meaning: "Default of --store.", readers: Readers::All },
    Variable { name: "MONITORCTL_LOG", meaning: "Default of --log.", readers: Readers::All },
    Variable {
        name: "MONITORCTL_PERIOD",
        meaning: "Default of --period and of run --every, the time between two scheduled runs.",
        readers: Readers::Option,
    },
    Variable {
        name: "MONITORCTL_ALLOW",
        meaning: "Default of --allow, the private address ranges that probes may reach.",
        readers: Readers::Option,
    },
    Variable { name: "MONITORCTL_NOTIFY", meaning: "Default of --notify.", readers: Readers::Option },
    Variable {
        name: "MONITORCTL_SECRETS",
        meaning: "Comma-separated variables that monitors may use as ${env:NAME}; `*` ends a prefix.",
        readers: Readers::Of(&["validate", "diff", "check", "run", "notify", "doctor"]),
    },
    Variable {
        name: "MONITORCTL_FILES",
        meaning: "Comma-separated folders of certificates and keys that probes may read.",
        readers: Readers::Of(&["diff", "check", "run"]),
    },
    Variable {
        name: "MONITORCTL_PROXIES",
        meaning: "Comma-separated proxies that probes may use, such as http://proxy.internal:3128.",
        readers: Readers::Of(&["diff", "check", "run"]),
    },
    Variable {
        name: "MONITORCTL_ROLES",
        meaning: "Comma-separated ARNs of the roles that may sign probes.",
        readers: Readers::Of(&["diff", "check", "run"]),
    },
    Variable {
        name: "SNS_TOPIC_ARN",
        meaning: "SNS topic for alerts without another channel. Required with --notify sns.",
        readers: Readers::Of(&["check", "run", "status", "explain", "notify", "doctor"]),
    },
    Variable {
        name: "DDB_CONFIG_TABLE",
        meaning: "Name of the DynamoDB table of monitors. Setting it selects --store dynamodb.",
        readers: Readers::Store,
    },
    Variable {
        name: "DDB_STATE_TABLE",
        meaning: "Name of the DynamoDB table of states.",
        readers: Readers::Store,
    },
    Variable {
        name: "DDB_HISTORY_TABLE",
        meaning: "Name of the DynamoDB table of probe results.",
        readers: Readers::Store,
    },
    Variable {
        name: "APP_ENVIRONMENT",
        meaning: "Default of --env, the environment to work in.",
        readers: Readers::All,
    },
    Variable {
        name: "AWS_REGION, AWS_PROFILE, …",
        meaning: "Region and credentials, as every AWS SDK reads them.",
        readers: Readers::Store,
    },
    Variable {
        name: "CI",
        meaning: "In a CI job, a command refuses to use the local store by default.",
        readers: Readers::Store,
    },
    Variable { name: "NO_COLOR", meaning: "Turns off colours with --color auto.", readers: Readers::All },
];

/// The sections between the options and the version, as roff. `None` is the page of the program.
pub fn sections(command: Option<&str>) -> String {
    let pages: Vec<_> =
        Command::PAGES.iter().filter(|page| command.is_none_or(|name| page.name == name)).collect();
    let mut text = String::from(".SH \"EXIT STATUS\"\n");
    for exit in Exit::ALL.iter().filter(|exit| pages.iter().any(|page| page.ends(**exit))) {
        item(&mut text, &exit.code().to_string(), exit.meaning());
    }
    text.push_str(".SH ENVIRONMENT\n");
    for variable in VARIABLES.iter().filter(|variable| pages.iter().any(|page| variable.is_read_by(page))) {
        item(&mut text, variable.name, variable.meaning);
    }
    text.push_str(".SH EXAMPLES\n");
    for (line, purpose) in pages.iter().flat_map(|page| page.examples) {
        item(&mut text, line, purpose);
    }
    text
}

impl Variable {
    fn is_read_by(&self, page: &PageFacts) -> bool {
        match self.readers {
            Readers::All => true,
            Readers::Option => Cli::variables(page.name).iter().any(|name| name == self.name),
            Readers::Store => page.reads == Reads::Store,
            Readers::Of(commands) => commands.contains(&page.name),
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

    #[test]
    fn every_command_has_an_example_that_the_command_line_accepts() {
        for page in Command::PAGES {
            let is_own = |(line, _): &&(&str, &str)| line.split(' ').nth(1) == Some(page.name);
            assert!(page.examples.iter().any(|example| is_own(&example)), "{}", page.name);
        }
        for (line, purpose) in Command::PAGES.iter().flat_map(|page| page.examples) {
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
        for PageFacts { name, .. } in Command::PAGES {
            let page = sections(Some(name));
            for variable in Cli::variables(name) {
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
