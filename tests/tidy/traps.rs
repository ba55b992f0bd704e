//! Holds docs/traps.md to the tests: every mistake of other tools has one that says so.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// Mistakes are numbered from 1 up to this one.
const LAST: u8 = 39;

/// The numbers that the comments above each test name, by the test's name. A test that never runs is none.
fn marked(texts: &[String]) -> BTreeMap<String, BTreeSet<u8>> {
    let mut marked: BTreeMap<String, BTreeSet<u8>> = BTreeMap::new();
    for text in texts {
        let (mut above, mut is_run) = (BTreeSet::new(), false);
        for line in text.lines().map(str::trim_start) {
            if line.starts_with("//") {
                above.extend(numbers(line));
            } else if line.starts_with("#[") {
                is_run |= line.starts_with("#[test]") || line.starts_with("#[tokio::test");
                is_run &= !line.starts_with("#[ignore");
            } else {
                let name = line.strip_prefix("async ").unwrap_or(line).strip_prefix("fn ");
                if let Some((name, _)) = name.and_then(|rest| rest.split_once('(')).filter(|_| is_run) {
                    marked.entry(name.to_owned()).or_default().append(&mut above);
                }
                above.clear();
                is_run = false;
            }
        }
    }
    marked
}

/// `3` and `17` in `Trap 3 …, and trap 17: …`
fn numbers(comment: &str) -> impl Iterator<Item = u8> {
    let comment = comment.to_ascii_lowercase();
    let words: Vec<_> = comment.split([' ', ':', ',', '.', '(', ')']).map(str::to_owned).collect();
    let pairs: Vec<_> = words.iter().zip(words.iter().skip(1)).filter(|(word, _)| *word == "trap").collect();
    pairs.into_iter().filter_map(|(_, number)| number.parse().ok()).collect::<Vec<_>>().into_iter()
}

/// Number and tests of each line of the table.
fn listed(page: &str) -> Vec<(u8, Vec<&str>)> {
    let rows = page.lines().filter_map(|line| {
        let cells: Vec<_> = line.strip_prefix("| ")?.split(" | ").collect();
        let tests = cells.last()?.split('`').skip(1).step_by(2).collect();
        Some((cells.first()?.parse().ok()?, tests))
    });
    rows.collect()
}

/// What is wrong with a page, given the tests that there are.
fn violations(page: &str, marked: &BTreeMap<String, BTreeSet<u8>>) -> Vec<String> {
    let listed = listed(page);
    let mut found = Vec::new();
    for number in 1..=LAST {
        if listed.iter().filter(|(other, tests)| *other == number && !tests.is_empty()).count() != 1 {
            found.push(format!("trap {number} has no line with a test, or several"));
        }
    }
    for (number, tests) in listed {
        for test in tests {
            match marked.get(test) {
                None => found.push(format!("trap {number}: there is no test {test}")),
                Some(numbers) if !numbers.contains(&number) => {
                    found.push(format!("trap {number}: no comment above {test} names it"));
                }
                Some(_) => {}
            }
        }
    }
    found
}

fn rust_files(folder: &Path, texts: &mut Vec<String>) {
    for entry in std::fs::read_dir(folder).expect("the source is readable") {
        let path = entry.expect("the source is readable").path();
        if path.is_dir() {
            rust_files(&path, texts);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            texts.push(std::fs::read_to_string(&path).expect("the source is readable"));
        }
    }
}

#[test]
fn every_mistake_of_other_tools_has_a_test_that_names_it() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut texts = Vec::new();
    rust_files(&root.join("src"), &mut texts);
    rust_files(&root.join("tests"), &mut texts);
    let page = std::fs::read_to_string(root.join("docs/traps.md")).expect("the page");
    let found = violations(&page, &marked(&texts));
    assert!(found.is_empty(), "\n{}", found.join("\n"));
}

#[test]
fn planted_gaps_are_found() {
    let code = "// Trap 1: x\n#[test]\nfn one() {}\n\n#[test]\nfn unnamed() {}\n/// P3, trap 2, and more (trap 3).\n\
                #[tokio::test]\nasync fn two() {}\n// Trap 2\nfn plain() {}\n// Trap 2\n#[test]\n#[ignore]\nfn left() {}\n";
    let marked = marked(&[code.to_owned()]);
    assert_eq!(marked["one"], BTreeSet::from([1]));
    assert_eq!(marked["two"], BTreeSet::from([2, 3]));
    assert!(marked["unnamed"].is_empty());
    assert!(!marked.contains_key("plain") && !marked.contains_key("left"), "they never run");
    let rows = (4..=LAST).map(|number| format!("| {number} | x | y | `one` |\n"));
    let page = format!("| 1 | x | y | `one` |\n| 2 | x | y | `two`, `gone` |\n{}", rows.collect::<String>());
    let found = violations(&page, &marked);
    assert!(found.contains(&"trap 3 has no line with a test, or several".to_owned()), "{found:?}");
    assert!(found.contains(&"trap 2: there is no test gone".to_owned()), "{found:?}");
    assert!(found.contains(&"trap 4: no comment above one names it".to_owned()), "{found:?}");
    assert!(!found.iter().any(|violation| violation.starts_with("trap 1:")), "{found:?}");
}
