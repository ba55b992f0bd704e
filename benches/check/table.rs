//! The figures as a Markdown table.

use super::scenario::Run;

/// Milliseconds of processor that the obvious program takes for one monitor: in Python, one after the other, a get
/// and a put each.
const PYTHON: f64 = 3.0;

pub fn head() {
    println!(
        "| monitors | run | wall | beyond the slowest probe | first message after | CPU | CPU a monitor | Python's CPU to this \
         | peak memory | store requests | read units | write units |"
    );
    println!("|--:|:--|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|");
}

pub fn row(run: &Run) {
    let Run { kind, size, taken, beyond_probe, notified_after, requests, read_units, write_units } = run;
    let millis = |time: std::time::Duration| time.as_secs_f64() * 1e3;
    #[expect(clippy::cast_precision_loss, reason = "figures for people")]
    let (size, peak) = (*size as f64, taken.peak_kib as f64 / 1024.0);
    let each = millis(taken.cpu) / size;
    println!(
        "| {size} | {} | {:.0} ms | {:.0} ms | {:.0} ms | {:.0} ms | {each:.3} ms | {:.1} : 1 | {peak:.0} MiB \
         | {requests:.0} | {read_units:.1} | {write_units:.1} |",
        kind.words(),
        millis(taken.wall),
        millis(*beyond_probe),
        millis(*notified_after),
        millis(taken.cpu),
        PYTHON / each,
    );
}
