//! The rule that files depend on each other in one direction: no file reaches itself through what it names.
//!
//! A file names another one by a `use` or by a path such as `super::history::read`. A path through `mod.rs` leads to
//! the file that `pub use` takes the name from. Tests may name what they need.

use std::collections::{BTreeMap, BTreeSet};

use super::source::Source;

/// A path from the root of the crate: `["plan", "guard"]`.
type Path = Vec<String>;

/// Groups of files that reach each other, each sorted.
pub fn file_circles(sources: &[Source]) -> Vec<Vec<String>> {
    let crate_files = Crate::of(sources);
    let named: BTreeMap<&Path, BTreeSet<Path>> =
        crate_files.files.iter().map(|(path, file)| (path, crate_files.named_by(path, file))).collect();
    let reached: BTreeMap<&Path, BTreeSet<&Path>> = named
        .keys()
        .map(|start| {
            let mut reached = BTreeSet::new();
            let mut open: Vec<&Path> = vec![start];
            while let Some(path) = open.pop() {
                open.extend(named[path].iter().filter(|next| reached.insert(*next)));
            }
            (*start, reached)
        })
        .collect();
    let circles: BTreeSet<Vec<String>> = reached
        .iter()
        .filter(|(path, far)| far.contains(*path))
        .map(|(path, far)| {
            let back = far.iter().filter(|other| reached[*other].contains(path));
            back.map(|other| crate_files.files[*other].path.clone()).collect()
        })
        .collect();
    circles.into_iter().collect()
}

/// Each file with each other file that it names.
pub fn arrows(sources: &[Source]) -> Vec<(String, String)> {
    let crate_files = Crate::of(sources);
    let named = crate_files.files.iter().flat_map(|(path, file)| {
        let named = crate_files.named_by(path, file);
        named.into_iter().map(|other| (file.path.clone(), crate_files.files[&other].path.clone()))
    });
    named.collect()
}

struct Crate {
    files: BTreeMap<Path, File>,
    /// Where a name of a module really is, for each `pub use`.
    reexports: BTreeMap<Path, Path>,
}

struct File {
    path: String,
    /// The paths of each `use`, with the name that each is known by.
    imports: Vec<(String, Path)>,
    /// The code without `use`.
    body: String,
}

impl Crate {
    fn of(sources: &[Source]) -> Self {
        let of_tests: Vec<Path> = sources.iter().flat_map(test_modules).collect();
        let is_root = |path: &Path| path.is_empty() || *path == ["main"];
        let texts: BTreeMap<Path, (&Source, String)> = sources
            .iter()
            .map(|source| (module_of(&source.path), (source, without_tests(&bare(source)))))
            .filter(|(path, (_, text))| !is_root(path) && !text.is_empty())
            .filter(|(path, _)| !of_tests.iter().any(|test| path.starts_with(test)))
            .collect();
        let mut found = Self { files: BTreeMap::new(), reexports: BTreeMap::new() };
        for (module, (source, text)) in &texts {
            let (mut imports, mut body) = (Vec::new(), String::new());
            let mut rest = text.as_str();
            while let Some((at, is_public)) = next_use(rest) {
                let (before, after) = rest.split_at(at);
                let (tree, after) = after["use ".len()..].split_once(';').unwrap_or((after, ""));
                for (name, path) in branches(tree) {
                    let Some(path) = absolute(&path, module, &texts) else { continue };
                    if is_public {
                        found.reexports.insert([module.clone(), vec![name]].concat(), path);
                    } else {
                        imports.push((name, path));
                    }
                }
                body.push_str(before);
                rest = after;
            }
            body.push_str(rest);
            found.files.insert(module.clone(), File { path: source.path.clone(), imports, body });
        }
        found
    }

    /// The other files that a file names.
    fn named_by(&self, module: &Path, file: &File) -> BTreeSet<Path> {
        let mut found = BTreeSet::new();
        // A module that is imported as a whole is named by what is taken from it.
        let is_module = |path: &Path| self.files.contains_key(path) && !self.reexports.contains_key(path);
        for (_, path) in file.imports.iter().filter(|(_, path)| !is_module(path)) {
            found.extend(self.home(path, 0));
        }
        for path in paths(&file.body) {
            let import = file.imports.iter().find(|(name, _)| *name == path[0]);
            let path = match import {
                Some((_, target)) => Some([target, &path[1..]].concat()),
                None => absolute(&path, module, &self.files),
            };
            found.extend(path.and_then(|path| self.home(&path, 0)));
        }
        found.remove(module);
        found
    }

    /// The file that holds what a path leads to.
    fn home(&self, path: &[String], depth: u8) -> Option<Path> {
        if depth > 8 {
            return None;
        }
        for length in (1..=path.len()).rev() {
            let (front, rest) = path.split_at(length);
            let is_file = self.files.contains_key(front);
            // Where a module and a function share a name, only the module has something inside.
            if let Some(target) = self.reexports.get(front).filter(|_| !is_file || rest.is_empty()) {
                return self.home(&[target, rest].concat(), depth + 1);
            }
            if is_file {
                return Some(front.to_vec());
            }
        }
        None
    }
}

/// The modules that a file declares for tests alone.
fn test_modules(source: &Source) -> Vec<Path> {
    let lines = source.lines.iter().zip(source.lines.iter().skip(1));
    let names = lines.filter(|(line, _)| *line == "#[cfg(test)]").filter_map(|(_, next)| {
        next.trim_start_matches("pub ").strip_prefix("mod ")?.strip_suffix(';').map(str::to_owned)
    });
    names.map(|name| [module_of(&source.path), vec![name]].concat()).collect()
}

/// `src/plan/guard.rs` is `["plan", "guard"]`, `src/plan/mod.rs` is `["plan"]`.
fn module_of(path: &str) -> Path {
    let inside = path.trim_start_matches("src/").trim_end_matches(".rs");
    inside.split('/').filter(|part| !["mod", "lib"].contains(part)).map(str::to_owned).collect()
}

/// A path as it is written, from the root of the crate; `None` if it leads out of it.
fn absolute<T>(path: &[String], module: &[String], files: &BTreeMap<Path, T>) -> Option<Path> {
    let supers = path.iter().take_while(|part| *part == "super").count();
    match path.first()?.as_str() {
        "crate" => Some(path[1..].to_vec()),
        "self" => Some([module, &path[1..]].concat()),
        "super" => Some([&module[..module.len().checked_sub(supers)?], &path[supers..]].concat()),
        child => {
            let below = [module, &[child.to_owned()]].concat();
            files.contains_key(&below).then(|| [module, path].concat())
        }
    }
}

/// The place of the next `use`, and whether it gives the names to others.
fn next_use(text: &str) -> Option<(usize, bool)> {
    let is_start = |at: &usize| {
        let before = text[..*at].trim_end_matches(' ');
        before.is_empty() || before.ends_with(['\n', ';', '{', '}', ')']) || before.ends_with("pub")
    };
    let at = text.match_indices("use ").map(|(at, _)| at).find(is_start)?;
    let line = text[..at].rsplit('\n').next().unwrap_or_default();
    Some((at, line.trim_start().starts_with("pub")))
}

/// `a::{b, c::{self, d as e}}` as its paths, with the name of each.
fn branches(tree: &str) -> Vec<(String, Path)> {
    let words = |text: &str| -> Path {
        text.split("::").map(|part| part.trim().to_owned()).filter(|part| !part.is_empty()).collect()
    };
    let Some((front, group)) = tree.split_once('{') else {
        let (path, alias) = tree.split_once(" as ").unwrap_or((tree, ""));
        let mut path = words(path);
        if path.last().is_some_and(|last| last == "self") && path.len() > 1 {
            path.pop();
        }
        let name =
            if alias.is_empty() { path.last().cloned().unwrap_or_default() } else { alias.trim().to_owned() };
        return vec![(name, path)];
    };
    let group = group.rsplit_once('}').map_or(group, |(group, _)| group);
    let (mut depth, mut start, mut parts) = (0_usize, 0, Vec::new());
    for (at, c) in group.char_indices() {
        match c {
            '{' => depth += 1,
            '}' => depth = depth.saturating_sub(1),
            ',' if depth == 0 => {
                parts.push(&group[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    parts.push(&group[start..]);
    let parts = parts.into_iter().filter(|part| !part.trim().is_empty());
    parts.flat_map(|part| branches(&format!("{front}{}", part.trim()))).collect()
}

/// The paths of two words or more in code.
fn paths(code: &str) -> Vec<Path> {
    let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == ':';
    let words = code.split(|c| !is_word(c)).map(|word| word.trim_matches(':'));
    words
        .filter(|word| word.contains("::") && word.starts_with(|c: char| c.is_ascii_alphabetic()))
        .map(|word| word.split("::").map(str::to_owned).collect())
        .collect()
}

/// The code of a file with its texts emptied, so that no word of a text reads as code.
fn bare(source: &Source) -> String {
    let code: String = source.code().flat_map(|(_, line)| [line, "\n"]).collect();
    let mut bare = String::new();
    let mut rest = code.as_str();
    while let Some(c) = rest.chars().next() {
        let hashes = rest.strip_prefix('r').map_or(0, |rest| rest.len() - rest.trim_start_matches('#').len());
        let raw_end = format!("\"{}", "#".repeat(hashes));
        let length = if rest.starts_with('r')
            && rest[1 + hashes..].starts_with('"')
            && !bare.ends_with(char::is_alphanumeric)
        {
            let inside = &rest[2 + hashes..];
            inside.find(&raw_end).map_or(rest.len(), |end| 2 + hashes + end + raw_end.len())
        } else if c == '"' {
            end_of_text(rest)
        } else if rest.starts_with("//") {
            rest.find('\n').unwrap_or(rest.len())
        } else if rest.starts_with("'\\") {
            rest[3..].find('\'').map_or(rest.len(), |end| end + 4)
        } else if c == '\'' && rest.chars().nth(2) == Some('\'') {
            rest.chars().take(3).map(char::len_utf8).sum()
        } else {
            bare.push(c);
            c.len_utf8()
        };
        rest = &rest[length..];
    }
    bare
}

/// How many bytes a text in quotes has.
fn end_of_text(text: &str) -> usize {
    let mut is_escaped = true;
    for (at, c) in text.char_indices() {
        match c {
            '"' if !is_escaped => return at + 1,
            '\\' if !is_escaped => is_escaped = true,
            _ => is_escaped = false,
        }
    }
    text.len()
}

/// The code without the items that are only there for tests.
fn without_tests(code: &str) -> String {
    let Some((before, rest)) = code.split_once("#[cfg(test)]") else { return code.to_owned() };
    let mut depth = 0_usize;
    let end = rest.char_indices().find(|(_, c)| {
        match c {
            '{' => depth += 1,
            '}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        depth == 0 && matches!(c, '}' | ';')
    });
    let after = end.map_or("", |(at, _)| &rest[at + 1..]);
    format!("{before}{}", without_tests(after))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn circles(files: &[(&str, &str)]) -> Vec<Vec<String>> {
        let source = |(path, code): &(&str, &str)| Source {
            path: format!("src/{path}"),
            module: path.split('/').next().unwrap_or_default().to_owned(),
            tests_only: false,
            lines: code.lines().map(str::to_owned).collect(),
        };
        file_circles(&files.iter().map(source).collect::<Vec<_>>())
    }

    #[test]
    fn planted_circles_are_found_however_they_are_written() {
        let back = ("a/two.rs", "use super::one::One;");
        for code in [
            "use super::two::Two;",
            "use crate::{a::two::{self as x, Two}, b};",
            "use super::two;\nfn f() { two::g() }",
            "fn f() -> super::two::Two { crate::b::g() }",
            "use crate::a::{\n    two::{\n        Two,\n    },\n};",
            "use super::Two;",
            "use super::two;\nfn f() { two() }",
            "use crate::a;\nfn f() { a::Two::g() }",
        ] {
            let files =
                [("a/mod.rs", "mod one;\nmod two;\npub use two::{Two, two};"), ("a/one.rs", code), back];
            assert_eq!(circles(&files), [["src/a/one.rs", "src/a/two.rs"]], "{code}");
        }
        let parent = [("a.rs", "mod one;\nfn f() { one::g() }\nstruct A;"), ("a/one.rs", "use super::A;")];
        assert_eq!(circles(&parent), [["src/a.rs", "src/a/one.rs"]]);
    }

    #[test]
    fn tests_texts_and_modules_that_are_only_passed_through_are_no_circle() {
        let back = ("a/two.rs", "use super::one::One;");
        for code in [
            "// super::two::Two",
            "fn f() { x(\"super::two::Two\", r#\"\"super::two::Two\"#, 'x', '\"', super::one::y) }",
            "#[cfg(test)]\nuse super::two::Two;\nfn f() {}",
            "fn f() {}\n#[cfg(test)]\nmod tests {\n    use super::super::two::Two;\n}",
            "use super::three::Three;",
        ] {
            let files = [
                ("a/mod.rs", "mod one;\nmod two;\npub use two::Two;"),
                ("a/one.rs", code),
                ("a/three.rs", "struct Three;\n#[cfg(test)]\nmod cases;"),
                ("a/three/cases.rs", "use super::super::three::Three;\nuse crate::a::one;"),
                back,
            ];
            assert_eq!(circles(&files), [[""; 0]; 0], "{code}");
        }
    }
}
