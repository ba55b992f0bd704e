//! Every command completes, and has a man page.

use super::*;

#[test]
fn the_command_line_is_consistent() {
    Cli::command().debug_assert();
}

#[test]
fn every_shell_completes_every_command() {
    for shell in Shell::value_variants() {
        let script = String::from_utf8(Cli::completions(*shell)).expect("UTF-8");
        for command in Cli::command().get_subcommands() {
            assert!(script.contains(command.get_name()), "{shell}: {}", command.get_name());
        }
    }
}

#[test]
fn the_program_and_every_command_has_a_man_page() {
    let page = |command| {
        Cli::man(command).expect("memory is there").map(|page| String::from_utf8(page).expect("UTF-8"))
    };
    let program = page(None).expect("a page");
    assert!(program.contains(".TH monitorctl 1"), "{program}");
    let cli = Cli::command();
    for command in cli.get_subcommands() {
        let page = page(Some(command.get_name())).expect("a page");
        assert!(page.contains(&format!(".TH monitorctl-{} 1", command.get_name())), "{page}");
    }
    assert_eq!(page(Some("nothing")), None);
}

#[test]
fn a_folder_that_is_typed_is_told_from_the_default() {
    for (line, is_typed) in [
        ("validate", false),
        ("validate monitors", true),
        ("validate a.yaml b.yaml", true),
        ("diff", false),
        ("diff monitors", true),
        ("sync --yes", false),
        ("pull monitors --drift", true),
        ("doctor", false),
        ("simulate shop --outcomes up", false),
        ("simulate shop monitors --outcomes up", true),
        ("status", false),
        ("check shop", false),
    ] {
        let words = ["monitorctl"].into_iter().chain(line.split(' '));
        let cli = Cli::of(&Cli::command().get_matches_from(words)).expect("a command line");
        assert_eq!(cli.folder_is_typed, is_typed, "{line}");
    }
}
