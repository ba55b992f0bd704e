//! How many cases a long property runs.

/// All of them in `cargo test --test long`, an eighth in `cargo test`, whose result people wait for.
pub fn cases(all: u32) -> u32 {
    if std::env::var_os("MONITORCTL_TEST_ALL_CASES").is_some() { all } else { all.div_ceil(8) }
}
