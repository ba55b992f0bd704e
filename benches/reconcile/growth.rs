//! What `validate` costs on files that were written to hurt: twice the file may cost twice the time, and no more.

use std::error::Error;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::time::Duration;

use crate::gauge::{self, Taken};

/// What a file of a size looks like.
type Shape = fn(usize) -> String;

/// What the elements are, how many the smaller file has, and its text.
const SHAPES: &[(&str, usize, Shape)] = &[
    ("monitors that depend on 20 others", 2000, fan),
    ("monitors that depend on the one before", 4000, chain),
    ("documents with a fault", 4000, faulty),
    ("unknown keys of one monitor", 50_000, keys),
    ("elements of one list", 40_000, list),
    ("unknown keys on one line", 20_000, flow),
    ("documents that are broken", 4000, broken),
    ("dependencies that are not there", 4000, strangers),
    ("monitors of a hundred paths with thirty filters", 16, filters),
    ("monitors of a hundred paths with nine patterns", 16, searches),
    ("monitors with twenty rules that count", 800, windows),
];

/// A row a shape: the smaller file, one twice as large, and how much more that takes.
pub fn rows(folder: &Path) -> Result<(), Box<dyn Error>> {
    println!();
    println!("| `validate` of | wall | twice as many | growth | peak memory |");
    println!("|:--|--:|--:|--:|--:|");
    for (name, size, text) in SHAPES {
        let once = measure(folder, &text(*size))?;
        let twice = measure(folder, &text(2 * size))?;
        let millis = |time: Duration| time.as_secs_f64() * 1e3;
        #[expect(clippy::cast_precision_loss, reason = "figures for people")]
        let peak = twice.peak_kib as f64 / 1024.0;
        println!(
            "| {size} {name} | {:.0} ms | {:.0} ms | {:.1} | {peak:.0} MiB |",
            millis(once.wall),
            millis(twice.wall),
            millis(twice.wall) / millis(once.wall),
        );
    }
    Ok(())
}

fn measure(folder: &Path, text: &str) -> Result<Taken, Box<dyn Error>> {
    let monitors = folder.join("monitors");
    fs::create_dir_all(&monitors)?;
    fs::write(monitors.join("a.yaml"), text)?;
    Ok(gauge::run(folder, &["validate", "--format", "json"])?.0)
}

fn documents(size: usize, rest: impl Fn(usize) -> String) -> String {
    let mut text = String::new();
    for number in 0..size {
        let _ = write!(text, "---\nid: m{number}\nurl: https://a.example/\n{}", rest(number));
    }
    text
}

fn fan(size: usize) -> String {
    documents(size, |number| {
        let on: Vec<_> = (number.saturating_sub(20)..number).map(|other| format!("m{other}")).collect();
        format!("depends_on: [{}]\n", on.join(", "))
    })
}

fn chain(size: usize) -> String {
    documents(size, |number| match number {
        0 => String::new(),
        number => format!("depends_on: [m{}]\n", number - 1),
    })
}

fn faulty(size: usize) -> String {
    documents(size, |_| "bogus: 1\n".to_owned())
}

fn strangers(size: usize) -> String {
    documents(size, |number| format!("depends_on: [x{number}]\n"))
}

fn broken(size: usize) -> String {
    documents(size, |_| "name: [\n".to_owned())
}

fn keys(size: usize) -> String {
    let keys = (0..size).map(|number| format!("key{number}: 1\n")).collect::<Vec<_>>().concat();
    documents(1, |_| keys.clone())
}

fn list(size: usize) -> String {
    documents(1, |_| format!("tags: [{}a]\n", "a,".repeat(size)))
}

fn flow(size: usize) -> String {
    let keys: Vec<_> = (0..size).map(|number| format!("k{number}: 1")).collect();
    documents(1, |_| format!("tls: {{ {} }}\n", keys.join(", ")))
}

fn assertions(test: &str) -> String {
    let assertion = |number| format!("    - {{ path: \"$.a{number}[?{test}]\", exists: true }}\n");
    format!("expect:\n  json:\n{}", (0..100).map(assertion).collect::<String>())
}

fn filters(size: usize) -> String {
    documents(size, |_| assertions(&vec!["@.b[?@.c==1]"; 30].join("||")))
}

fn searches(size: usize) -> String {
    let searches: Vec<_> = (0..9).map(|number| format!("search(@.b,'[a-z]{{0,9{number}}}x')")).collect();
    documents(size, |_| assertions(&searches.join("||")))
}

fn windows(size: usize) -> String {
    let window = |hour: usize| {
        let rule = "FREQ=MONTHLY;BYDAY=4MO;BYMONTHDAY=-1;COUNT=1000";
        format!("  - {{ starts: 0026-11-01T{hour:02}:00, for: 23h, repeats: {rule} }}\n")
    };
    let windows: String = (0..20).map(window).collect();
    documents(size, |_| format!("maintenance:\n{windows}"))
}
