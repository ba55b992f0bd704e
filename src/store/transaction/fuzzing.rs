//! Answers to a transaction from text, for the fuzzer: what is done about them, and what must hold of that.

use aws_sdk_dynamodb::error::SdkError;
use aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError;
use aws_sdk_dynamodb::types::CancellationReason;
use aws_sdk_dynamodb::types::error::{TransactionCanceledException, TransactionInProgressException};

use super::{Cancelled, IN_THE_WAY, refused_parts, rejected};
use crate::store::fuzzing::item;

/// Each line is the reason of a part, or is empty where there is none: a code and, after a blank, the item that was
/// found, as JSON. A first line `in progress` is the error of that name.
pub fn cancellation(text: &str) {
    if text.starts_with("in progress") {
        let error = TransactionInProgressException::builder().build();
        let error =
            SdkError::service_error(TransactWriteItemsError::TransactionInProgressException(error), ());
        assert!(matches!(Cancelled::of(&error), Some(Cancelled::Collided)), "it may succeed a moment later");
        return;
    }
    let reasons: Vec<_> = text.lines().map(reason).collect();
    let codes: Vec<_> = reasons.iter().map(|reason| reason.code().unwrap_or("None").to_owned()).collect();
    let error = TransactionCanceledException::builder().set_cancellation_reasons(Some(reasons)).build();
    let error = SdkError::service_error(TransactWriteItemsError::TransactionCanceledException(error), ());
    let refused: Vec<_> = positions(&codes, |code| code == "ConditionalCheckFailed");
    match Cancelled::of(&error) {
        Some(Cancelled::Refused) => {
            let mut parts: Vec<_> = refused_parts(error).into_keys().collect();
            parts.sort_unstable();
            assert!(!parts.is_empty(), "a refusal names a part");
            assert_eq!(parts, refused, "the refused parts are those whose condition failed");
        }
        Some(Cancelled::Collided) => {
            assert_eq!(refused, [0; 0], "a condition that failed is an answer");
            // Asked again, these would fail for ever.
            let wrong = positions(&codes, |code| ["ValidationError", "AccessDenied"].contains(&code));
            assert_eq!(wrong, [0; 0], "what is wrong is not tried again");
        }
        Some(Cancelled::Rejected) => {
            assert_eq!(refused, [0; 0], "a condition that failed is an answer");
            let wrong = positions(&codes, |code| code != "None" && !IN_THE_WAY.contains(&code));
            assert!(!wrong.is_empty(), "what passes is tried again");
            let found = rejected(&error, &[]);
            assert_eq!(found, [], "there is no part that could be named");
        }
        None => assert_eq!(refused, [0; 0], "a condition that failed is an answer"),
    }
}

fn positions(codes: &[String], is_meant: impl Fn(&str) -> bool) -> Vec<usize> {
    codes.iter().enumerate().filter(|(_, code)| is_meant(code)).map(|(position, _)| position).collect()
}

fn reason(line: &str) -> CancellationReason {
    let (code, found) = line.split_once(' ').unwrap_or((line, ""));
    let code = Some(code.to_owned()).filter(|code| !code.is_empty());
    let found = serde_json::from_str(found).ok().map(|fields| item(&fields));
    CancellationReason::builder().set_code(code).set_item(found).build()
}
