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
