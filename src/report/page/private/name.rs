//! The name of a monitor's page. No two monitors have one name, also where capital letters do not count. Pure.

use crate::monitor::{MonitorId, digest};

/// Bytes of a name without its ending. A file system takes 255, and a file that is being written has a longer name.
const MOST: usize = 180;

/// `monitor/shop_-api.html` of `shop/api`. Every character of an id is kept but `/` and `_`, which follow `_`.
pub fn monitor_path(id: &MonitorId) -> String {
    let name = id.as_str().replace('_', "__").replace('/', "_-");
    // `_x` stands in no other name. What is cut from it is in the hash.
    let name = match name.get(..MOST - 66) {
        Some(start) if name.len() > MOST => format!("{start}_x{}", digest(id.as_str())),
        Some(_) | None => name,
    };
    format!("monitor/{name}.html")
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use proptest::prelude::*;

    use super::*;

    fn path(id: &str) -> String {
        monitor_path(&MonitorId::parse(id).expect("an id"))
    }

    #[test]
    fn a_name_is_the_id_with_marks_for_slashes_and_underscores() {
        for (id, name) in [
            ("shop", "shop"),
            ("shop/api", "shop_-api"),
            ("shop_-api", "shop__-api"),
            ("shop-api.v2", "shop-api.v2"),
            ("a/../../b", "a_-.._-.._-b"),
        ] {
            assert_eq!(path(id), format!("monitor/{name}.html"));
        }
    }

    #[test]
    fn the_longest_ids_have_names_of_their_own_that_a_file_system_takes() {
        let long = |last: &str| format!("a{}{last}", "/".repeat(126));
        let names: HashSet<_> = ["a", "b", "/", "_", "-"].map(|last| path(&long(last))).into();
        assert_eq!(names.len(), 5);
        assert!(names.iter().all(|name| name.len() <= "monitor/.html".len() + MOST), "{names:?}");
    }

    /// Few letters, so that two names are alike if they can be.
    fn id() -> impl Strategy<Value = String> {
        "[ax][/_x.-]{0,127}"
    }

    proptest! {
        #[test]
        fn two_monitors_never_have_one_name(one in id(), other in id()) {
            let [first, second] = [&one, &other].map(|id| path(id).to_lowercase());
            prop_assert_eq!(first == second, one == other);
            let name = first.trim_start_matches("monitor/");
            prop_assert!(!name.starts_with('.') && !name.contains('/') && name.len() < 200, "{}", name);
        }
    }
}
