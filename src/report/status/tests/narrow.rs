//! Terminals with few columns, and with few lines.

use super::*;

fn plain(text: &str) -> String {
    anstream::adapter::strip_str(text).to_string()
}

/// A page of what a terminal so wide shows.
fn page(columns: usize) -> String {
    let slow =
        monitor("search", Health::Degraded, &[(Verdict::Pass, 20), (Verdict::Degraded, 480)].repeat(9));
    let mut report = StatusReport { channels: channels(), prober: Some(prober(Some(300))), ..report() };
    report.monitors.push(slow);
    report.problems =
        vec!["cannot read the history: item `directory#0` is malformed: `ids` is missing".into()];
    report.sort();
    format!("{columns} columns\n{}", plain(&report.text(Surface::Terminal(columns))))
}

#[test]
fn a_narrow_terminal_has_fewer_columns_and_short_bars() {
    insta::assert_snapshot!([40, 50, 60, 80].map(page).join("\n"));
}

#[test]
fn the_head_names_a_scale_only_if_there_is_a_bar() {
    let head = |verdicts: &[(Verdict, u64)]| {
        let report = StatusReport { monitors: vec![monitor("a", Health::Down, verdicts)], ..report() };
        plain(&report.text(Surface::Plain)).lines().nth(2).expect("a head").to_owned()
    };
    assert!(head(&[(Verdict::Fail, 20), (Verdict::Pass, 20)]).ends_with("LAST 30 (█ = 20 ms)"));
    assert!(head(&[(Verdict::Fail, 20)]).ends_with("LATENCY  LAST 30"));
    assert!(head(&[]).ends_with("LATENCY"));
}

#[test]
fn a_screen_has_the_worst_and_the_summary_however_low_it_is() {
    let report = many();
    let screen = |lines| plain(&report.screen(ScreenSize { columns: 80, lines }, "every 5s; Ctrl-C ends"));
    insta::assert_snapshot!(screen(16));
    for lines in [1, 2, 5, 9, 24, 100, 210, 300] {
        let shown = screen(lines);
        let shown: Vec<_> = shown.lines().collect();
        assert!(shown.len() <= lines, "{lines}: {}", shown.len());
        assert!(shown.last().is_some_and(|last| last.ends_with("1 fail")), "{shown:?}");
        assert_eq!(
            shown.iter().any(|line| line.contains("more above")),
            (5..210).contains(&lines),
            "{lines}"
        );
    }
}
