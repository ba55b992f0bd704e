//! The rules, as functions from sources to complaints; planted violations prove that they see.

use std::collections::BTreeMap;

use super::source::Source;

type Table = [(&'static str, &'static [&'static str])];

/// Lines that name a module of the crate which the table does not allow.
pub fn forbidden_imports(sources: &[Source], table: &Table) -> Vec<String> {
    let modules: Vec<_> = table.iter().map(|(name, _)| *name).collect();
    let mut found = Vec::new();
    for source in sources {
        let Some((_, allowed)) = table.iter().find(|(name, _)| *name == source.module) else { continue };
        for (number, line) in source.code() {
            for named in crate_paths(line) {
                let known = modules.contains(&named.as_str());
                if known && named != source.module && !allowed.contains(&named.as_str()) {
                    found.push(format!("{}:{number}: {} may not import {named}", source.path, source.module));
                }
                if named == "commands" {
                    found.push(format!("{}:{number}: only the shell knows commands", source.path));
                }
            }
        }
    }
    found
}

/// The first segments after each `crate::` of a line, also in `crate::{a, b::c}`.
fn crate_paths(line: &str) -> Vec<String> {
    let word = |text: &str| -> String {
        text.trim_start().chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '_').collect()
    };
    let mut found = Vec::new();
    for (at, _) in line.match_indices("crate::") {
        let rest = &line[at + "crate::".len()..];
        match rest.strip_prefix('{') {
            Some(group) => found.extend(group.split(',').map(word)),
            None => found.push(word(rest)),
        }
    }
    found.retain(|name| !name.is_empty());
    found
}

/// A module that reaches itself through the table.
pub fn circle(table: &Table) -> Option<&'static str> {
    table.iter().map(|(name, _)| *name).find(|start| {
        let mut reached: Vec<&str> = Vec::new();
        let mut open = vec![*start];
        while let Some(name) = open.pop() {
            for (_, next) in table.iter().filter(|(other, _)| *other == name) {
                open.extend(next.iter().filter(|next| !reached.contains(*next)));
                reached.extend(next.iter());
            }
        }
        reached.contains(start)
    })
}

/// Lines that hold one of `words`.
pub fn named(sources: &[Source], words: &[impl AsRef<str>]) -> Vec<String> {
    let mut found = Vec::new();
    for source in sources {
        for (number, line) in source.code() {
            for word in words.iter().map(AsRef::as_ref).filter(|word| line.contains(*word)) {
                found.push(format!("{}:{number}: names {word}", source.path));
            }
        }
    }
    found
}

/// Lines that name a crate outside its home.
pub fn strays(sources: &[Source], homes: &Table) -> Vec<String> {
    let mut found = Vec::new();
    for source in sources {
        for (number, line) in source.code() {
            for (name, home) in homes {
                let uses = line.contains(&format!("use {name}")) || names_path(line, name);
                if uses && !home.contains(&source.module.as_str()) {
                    found.push(format!("{}:{number}: {name} lives in {home:?}", source.path));
                }
            }
        }
    }
    found
}

/// Whether a line holds a path that begins with `name`, such as `name::x` or, for a prefix, `name_y::x`.
fn names_path(line: &str, name: &str) -> bool {
    line.match_indices(name).any(|(at, _)| {
        let before = line[..at].chars().next_back();
        let inner = before.is_some_and(|c| c.is_ascii_alphanumeric() || c == '_' || c == ':');
        let rest: String =
            line[at..].chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '_').collect();
        let whole = rest == name || name.ends_with('_');
        !inner && whole && line[at + rest.len()..].starts_with("::")
    })
}

/// Files of `probe` that name the room of a kind which is not their own.
pub fn strangers(arrows: &[(String, String)], kinds: &[String]) -> Vec<String> {
    let kind_of = |path: &str| {
        let inside = path.strip_prefix("src/probe/").or_else(|| path.strip_prefix("src/kinds/"))?;
        let room = inside.split(['/', '.']).next()?;
        kinds.iter().find(|kind| **kind == room)
    };
    let names_one = arrows.iter().filter(|(from, to)| {
        let knows_all = from == "src/probe/mod.rs" || !from.starts_with("src/probe/");
        !knows_all && kind_of(to).is_some() && kind_of(from) != kind_of(to)
    });
    names_one.map(|(from, to)| format!("{from}: names {to}")).collect()
}

/// Types that have the name of another type, with every file that defines one.
pub fn shared_names(sources: &[Source]) -> Vec<String> {
    let mut defined: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for source in sources {
        for (_, line) in source.code() {
            if let Some(name) = defined_type(line) {
                defined.entry(name).or_default().push(&source.path);
            }
        }
    }
    let shared = defined.into_iter().filter(|(_, files)| files.len() > 1);
    shared.map(|(name, files)| format!("{name}: {}", files.join(", "))).collect()
}

/// The name of the type that a line begins to define. What a trait or an `impl` names is indented, and no type of its own.
fn defined_type(line: &str) -> Option<&str> {
    let line = match line.strip_prefix("pub") {
        Some(rest) if rest.starts_with('(') => rest.split_once(") ")?.1,
        Some(rest) => rest.trim_start(),
        None => line,
    };
    let rest =
        ["struct ", "enum ", "union ", "trait ", "type "].iter().find_map(|word| line.strip_prefix(word))?;
    rest.split(|c: char| !c.is_alphanumeric() && c != '_').next()
}

/// Dependencies without a comment on the line above or on their own.
pub fn uncommented_dependencies(manifest: &str) -> Vec<String> {
    let (mut inside, mut commented, mut silent) = (false, false, Vec::new());
    for line in manifest.lines() {
        if line.starts_with('[') {
            inside = line.contains("dependencies]");
        } else if inside && line.starts_with('#') {
            commented = true;
            continue;
        } else if inside
            && line.starts_with(|c: char| c.is_ascii_lowercase())
            && !commented
            && !line.contains('#')
        {
            silent.push(line.to_owned());
        }
        commented = false;
    }
    silent
}

#[cfg(test)]
mod tests {
    use super::*;

    fn planted(module: &str, code: &str) -> Vec<Source> {
        let lines = code.lines().map(str::to_owned).collect();
        vec![Source {
            path: format!("src/{module}/planted.rs"),
            module: module.to_owned(),
            tests_only: false,
            lines,
        }]
    }

    #[test]
    fn planted_imports_are_found() {
        const TABLE: &Table = &[("low", &[]), ("high", &["low"])];
        for code in ["use crate::high::X;", "use crate::{high, low};", "    let x = crate::high::y();"] {
            assert_eq!(forbidden_imports(&planted("low", code), TABLE).len(), 1, "{code}");
        }
        for code in ["use crate::low::X;", "// crate::high", "use other::high;"] {
            assert!(forbidden_imports(&planted("high", code), TABLE).is_empty(), "{code}");
        }
        assert_eq!(forbidden_imports(&planted("high", "use crate::commands::x;"), TABLE).len(), 1);
    }

    #[test]
    fn planted_impurity_is_found_outside_tests() {
        let code = "fn a() { std::fs::read(x) }\n#[cfg(test)]\nmod tests {\n std::fs::read(x)\n}";
        assert_eq!(named(&planted("low", code), &["std::fs"]).len(), 1);
    }

    #[test]
    fn planted_strays_are_found() {
        const HOMES: &Table = &[("aws_", &["store"]), ("clap", &["cli"])];
        for code in ["use aws_sdk_sns::Client;", "let c = aws_config::load();", "#[derive(clap::Parser)]"] {
            assert_eq!(strays(&planted("plan", code), HOMES).len(), 1, "{code}");
        }
        assert!(strays(&planted("store", "use aws_config::X;"), HOMES).is_empty());
        assert!(strays(&planted("plan", "let clapped = my_clap::x();"), HOMES).is_empty());
    }

    #[test]
    fn a_probe_that_names_another_kind_is_found() {
        for (from, to, is_stranger) in [
            ("src/probe/http/hops.rs", "src/probe/tcp.rs", true),
            ("src/probe/tls.rs", "src/kinds/tcp/raw.rs", true),
            ("src/probe/attempt.rs", "src/probe/http/request.rs", true),
            ("src/probe/mod.rs", "src/probe/tcp.rs", false),
            ("src/probe/http/hops.rs", "src/kinds/http/answer.rs", false),
            ("src/probe/tcp.rs", "src/probe/prepared.rs", false),
            ("src/probe/tls.rs", "src/net/tls/hello.rs", false),
        ] {
            let arrows = [(from.to_owned(), to.to_owned())];
            assert_eq!(
                strangers(&arrows, &["http", "tcp", "tls"].map(str::to_owned)).len(),
                usize::from(is_stranger),
                "{from}"
            );
        }
    }

    #[test]
    fn a_planted_circle_is_found() {
        const CIRCLE: &Table = &[("a", &["b"]), ("b", &["c"]), ("c", &["a"])];
        assert_eq!(circle(CIRCLE), Some("a"));
        assert_eq!(circle(&[("a", &["b"]), ("b", &[])]), None);
    }

    #[test]
    fn a_silent_dependency_is_found() {
        let manifest = "[dependencies]\n# for x\nx = \"1\"\ny = \"1\"\nz = \"1\" # for z\n[lints]\nw = 1";
        assert_eq!(uncommented_dependencies(manifest), ["y = \"1\""]);
    }

    #[test]
    fn planted_types_of_one_name_are_found() {
        let mut both = planted("plan", "pub(super) enum Kind<'a> {\n}\nstruct Plan;");
        both.extend(planted("config", "type Kind = u8;\nimpl A {\n    type Plan = u8;\n}"));
        let found = shared_names(&both);
        assert_eq!(found.len(), 1, "{found:?}");
        assert!(found.iter().all(|line| line.starts_with("Kind: ")), "{found:?}");
    }
}
