//! The order of the monitors.

use super::*;

/// The ids in the order in which they are shown.
fn shown_ids(order: StatusOrder, surface: Surface) -> Vec<String> {
    let late = MonitorStatus { samples: Some(vec![]), ..monitor("a-late", Health::Up, &[]) };
    let monitors = vec![
        monitor("b", Health::Up, &[(Verdict::Pass, 900), (Verdict::Pass, 20)]),
        monitor("c", Health::Down, &[(Verdict::Fail, 5)]),
        monitor("d", Health::Up, &[(Verdict::Pass, 400)]),
        monitor("e", Health::Up, &[(Verdict::Pass, 20)]),
        late,
    ];
    let mut report = StatusReport { order, monitors, ..report() };
    report.sort();
    let text = anstream::adapter::strip_str(&report.text(surface)).to_string();
    let table = text.lines().skip(3).take_while(|line| !line.is_empty());
    table.map(|line| line.split_whitespace().nth(1).expect("an id").to_owned()).collect()
}

#[test]
fn a_terminal_ends_with_what_a_file_begins_with() {
    let plain = |order| shown_ids(order, Surface::Plain);
    let terminal = |order| shown_ids(order, Surface::Terminal(80));
    assert_eq!(plain(StatusOrder::Health), ["c", "a-late", "b", "d", "e"]);
    assert_eq!(terminal(StatusOrder::Health), ["a-late", "b", "d", "e", "c"]);
    // The last result counts, and those of one latency stay in the order of their ids.
    assert_eq!(plain(StatusOrder::Latency), ["d", "b", "e", "c", "a-late"]);
    assert_eq!(terminal(StatusOrder::Latency), ["a-late", "c", "b", "e", "d"]);
    for shown in [plain(StatusOrder::Id), terminal(StatusOrder::Id)] {
        assert_eq!(shown, ["a-late", "b", "c", "d", "e"]);
    }
}
