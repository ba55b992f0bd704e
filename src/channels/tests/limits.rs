//! No message is too large for a channel, whatever its texts and however many its alerts.

use proptest::prelude::*;

use super::shapes::{HOSTILE, with_texts};
use super::{definition, ready, samples};
use crate::alert::testing::{down, message, up};
use crate::message::Message;

/// Renders the message for every kind, and complains of what is too large.
fn check(message: &Message) -> Result<(), TestCaseError> {
    for sample in samples() {
        let definition = definition(&sample);
        let requests = ready(&sample).render(message);
        prop_assert!(!requests.is_empty(), "{:?} sends nothing", definition.kind());
        let exceeded = definition.kind().limits().exceeded(&requests);
        prop_assert!(exceeded.is_empty(), "{:?}: {exceeded:?}", definition.kind());
    }
    Ok(())
}

#[test]
fn the_longest_ids_names_and_reasons_fit_in_every_number() {
    for text in ["\"", "<", "🦀", "`*"] {
        for number in [1, 5, 50, 300] {
            let alert = |n: usize| with_texts(&format!("{n:0128}"), &text.repeat(5_000 / number + 250));
            let mut message = message((0..number).map(alert).collect());
            message.environment = Some("e".repeat(32));
            message.machine = Some("m".repeat(255));
            check(&message).expect("within the limits");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(crate::testing::cases(12)))]

    #[test]
    fn every_request_is_within_the_limits_of_its_kind(
        texts in proptest::collection::vec((0..HOSTILE.len(), 1usize..60, "\\PC{0,40}"), 1..20),
        number in prop_oneof![1usize..6, 6usize..60, 60usize..200], id in "[a-z0-9][a-z0-9._/-]{0,120}",
    ) {
        let text = |n: usize| {
            let (hostile, times, own) = &texts[n % texts.len()];
            format!("{}{own}", HOSTILE[*hostile].repeat(*times))
        };
        let mut alerts: Vec<_> = (0..number).map(|n| with_texts(&format!("{id}{n}"), &text(n))).collect();
        alerts.extend([up("cart-api"), down("other")].into_iter().take(number % 3));
        check(&message(alerts))?;
    }
}
