//! Whether the result of an attempt is worth another attempt. Pure.

use crate::kinds::Evidence;
use crate::monitor::{Expectations, Retry, RetryClass};
use crate::observation::{Fault, Transport};

/// Whether `retry.on` lists the class of the result. The number of attempts is checked elsewhere.
pub fn is_worthwhile(result: &Result<Evidence, Fault>, retry: &Retry, expected: &Expectations) -> bool {
    class_of(result, expected).is_some_and(|class| retry.on.contains(&class))
}

fn class_of(result: &Result<Evidence, Fault>, expected: &Expectations) -> Option<RetryClass> {
    let fault = match result {
        Ok(evidence) if expected.takes_code(evidence.code()) => return None,
        Ok(_) => return Some(RetryClass::Status),
        Err(fault) => fault,
    };
    match fault.transport()? {
        Transport::Dns => Some(RetryClass::Dns),
        Transport::Connect => Some(RetryClass::Connect),
        Transport::Tls => Some(RetryClass::Tls),
        Transport::Timeout => Some(RetryClass::Timeout),
        Transport::Protocol => Some(RetryClass::Protocol),
        // Another attempt would end the same way.
        Transport::Redirect
        | Transport::Blocked
        | Transport::BodyTooLarge
        | Transport::Secret
        | Transport::Auth => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kinds::http::Answer;
    use std::collections::BTreeSet;

    #[test]
    fn only_a_fault_of_a_listed_class_is_worth_another_attempt() {
        use RetryClass::{Connect, Dns, Protocol, Status, Timeout, Tls};
        let answer = |status| Ok(Evidence::Http(Answer { status, ..Answer::default() }));
        let fault = |kind| Err(Fault::new(kind, "this", "that"));
        for (result, on, worthwhile) in [
            (answer(200), vec![Status], false),
            (answer(503), vec![Status], true),
            (answer(503), vec![Dns, Connect, Tls, Timeout], false),
            (fault(Transport::Dns), vec![Dns], true),
            (fault(Transport::Connect), vec![Connect], true),
            (fault(Transport::Tls), vec![Tls], true),
            (fault(Transport::Timeout), vec![Timeout], true),
            (fault(Transport::Timeout), vec![Connect], false),
            (fault(Transport::Protocol), vec![Protocol], true),
            (fault(Transport::Protocol), vec![Dns, Connect, Tls, Timeout, Status], false),
            (fault(Transport::Connect), vec![], false),
            (fault(Transport::Blocked), vec![Dns, Connect, Tls, Timeout, Status], false),
            (fault(Transport::Secret), vec![Dns, Connect, Tls, Timeout, Status], false),
        ] {
            let retry = Retry { on: BTreeSet::from_iter(on), ..Retry::default() };
            let repeats = is_worthwhile(&result, &retry, &Expectations::default());
            assert_eq!(repeats, worthwhile, "{result:?} {:?}", retry.on);
        }
    }
}
