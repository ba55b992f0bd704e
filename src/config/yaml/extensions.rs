//! Keys `x-…` at the top of a document: homes of YAML anchors, which mean nothing else. Pure.

use crate::config::yaml::tree::{Node, YamlTree};

/// What such a key begins with.
const BEGINNING: &str = "x-";

/// Removes them, before any rule looks at the document.
pub fn remove(document: &mut Node) {
    let YamlTree::Map(entries) = &mut document.tree else { return };
    if entries.iter().any(|entry| entry.key.starts_with(BEGINNING)) {
        *entries = entries.iter().filter(|entry| !entry.key.starts_with(BEGINNING)).cloned().collect();
    }
}

#[cfg(test)]
mod tests {
    use crate::config::Code;
    use crate::config::SourceFile;
    use crate::config::load;
    use crate::config::settings;

    fn file(path: &str, text: &str) -> SourceFile {
        SourceFile { path: path.into(), group: String::new(), bytes: text.into() }
    }

    #[test]
    fn an_anchor_of_a_key_with_x_is_used_and_the_key_means_nothing() {
        let defaults = file("defaults.yaml", "x-slow: &slow 5m\ninterval: *slow\n");
        let text = "x-base: &base {team: pay, tags: [a]}\nx-any: [1, {}]\n<<: *base\nid: a\nurl: https://a\n";
        let loaded = load(&[defaults, file("a.yaml", text)], None);
        assert_eq!(loaded.diagnostics, []);
        let spec = &loaded.monitors[0].spec;
        assert_eq!(spec.fields()["team"], "pay");
        assert_eq!(spec.fields()["interval"], "5m");
        assert!(!spec.fields().keys().any(|key| key.starts_with("x-")));
        assert_eq!(settings(&file("monitorctl.yaml", "x-a: {b: 1}\nowner: a\n")).1, []);
    }

    #[test]
    fn a_key_with_x_below_the_top_is_one_like_any_other() {
        let loaded = load(&[file("a.yaml", "id: a\nurl: https://a\nalert: {x-a: 1}\n")], None);
        assert_eq!(loaded.diagnostics.iter().map(|found| found.code).collect::<Vec<_>>(), [Code::UnknownKey]);
    }
}
