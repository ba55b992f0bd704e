//! What is changed, from one field to everything.

use super::Failure;
use super::repository::Repository;

/// A change to review.
pub struct Story {
    pub name: &'static str,
    /// What is synced.
    pub before: fn(&Repository) -> Result<(), Failure>,
    /// The change.
    pub after: fn(&Repository) -> Result<(), Failure>,
}

pub const ALL: [Story; 8] = [
    Story { name: "one", before: search, after: |repository| repository.write(&path(7), &slow(7)) },
    Story {
        name: "defaults",
        before: search,
        after: |repository| repository.write(DEFAULTS, "interval: 5m\nteam: search\n"),
    },
    Story {
        name: "500-alike",
        before: catalog,
        after: |repository| repository.write("monitors/defaults.yaml", "interval: 5m\n"),
    },
    Story {
        name: "500-own",
        before: catalog,
        after: |repository| each(500, |n| repository.write(&item(n), &own(n, 1_000 + n))),
    },
    Story { name: "refusal", before: search, after: refusal },
    Story { name: "rename", before: search, after: rename },
    Story {
        name: "drift",
        before: search,
        after: |repository| each(3, |n| repository.edit(&format!("search-{n}"), "timeout", "30s")),
    },
    Story { name: "mixed", before: search, after: mixed },
];

const DEFAULTS: &str = "monitors/search/defaults.yaml";

fn path(n: usize) -> String {
    format!("monitors/search/search-{n}.yaml")
}

fn item(n: usize) -> String {
    format!("monitors/shop/item-{n:03}.yaml")
}

fn plain(id: &str, n: usize) -> String {
    format!("id: {id}\nurl: https://search-{n}.example.com/health\nexpect: {{status: 200}}\n")
}

fn slow(n: usize) -> String {
    format!(
        "{}interval: 10m\nheaders: {{authorization: 'Bearer ${{ssm:/prod/search}}'}}\n",
        plain(&format!("search-{n}"), n)
    )
}

fn own(n: usize, latency: usize) -> String {
    format!(
        "id: item-{n:03}\nurl: https://shop.example.com/items/{n}\nexpect: {{ latency: {{ down: {latency}ms }} }}\n"
    )
}

fn each(number: usize, act: impl FnMut(usize) -> Result<(), Failure>) -> Result<(), Failure> {
    (1..=number).try_for_each(act)
}

/// A folder of 25 monitors and its defaults, and 75 monitors beside it.
fn search(repository: &Repository) -> Result<(), Failure> {
    repository.write(DEFAULTS, "interval: 2m\nteam: search\n")?;
    repository.write(
        "monitors/payments.yaml",
        "id: payments-api\nurl: https://payments.example.com/health\nprotect: true\n",
    )?;
    each(25, |n| repository.write(&path(n), &plain(&format!("search-{n}"), n)))?;
    each(74, |n| repository.write(&item(n), &own(n, 3_000)))
}

fn catalog(repository: &Repository) -> Result<(), Failure> {
    repository.write("monitors/defaults.yaml", "interval: 2m\n")?;
    each(500, |n| repository.write(&item(n), &own(n, 3_000)))
}

fn refusal(repository: &Repository) -> Result<(), Failure> {
    each(6, |n| repository.remove(&path(n)))?;
    repository.remove("monitors/payments.yaml")
}

fn rename(repository: &Repository) -> Result<(), Failure> {
    each(4, |n| {
        repository.remove(&path(n))?;
        let renamed = format!("{}moved_from: search-{n}\n", plain(&format!("find-{n}"), n));
        repository.write(&format!("monitors/search/find-{n}.yaml"), &renamed)
    })
}

/// A little of everything.
fn mixed(repository: &Repository) -> Result<(), Failure> {
    repository.write(DEFAULTS, "interval: 5m\nteam: search\n")?;
    repository.remove(&path(25))?;
    repository.write(&path(24), &format!("{}enabled: false\n", plain("search-24", 24)))?;
    repository.write(&path(23), &slow(23))?;
    each(8, |n| repository.write(&format!("monitors/web/web-{n}.yaml"), &plain(&format!("web-{n}"), n)))
}
