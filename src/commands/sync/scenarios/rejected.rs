//! What a table does not take, although no file could have brought it there.

use super::*;

/// A monitor that no file could have brought there.
fn odd(id: &str, fields: Value) -> Desired {
    Desired { spec: spec(fields), ..desired(id, 1) }
}

// Trap 33: one odd item fails its whole batch, and where it is nested too deep the answer names none.
#[tokio::test]
async fn what_a_table_does_not_take_is_named_and_stops_no_other() {
    let deep = (0..40).fold(json!(1), |inner, _| json!([inner]));
    for (odd, reason) in [
        (odd("m0100x", json!({"url": "http://a", "body": "x".repeat(500_000)})), "size"),
        (odd("m0100x", json!({"url": "http://a", "json": deep})), "esting"),
        (odd("m0100x", json!({"url": "http://a", "json": {"": 1}})), "mpty"),
    ] {
        let wanted: Vec<_> = numbered(0..220, 1).chain([odd.clone()]).collect();
        let shared = tables();
        let store = shared.open();
        let applying = files(&wanted, "c1").apply(&store).await.expect("the others are written");
        let named: Vec<_> =
            applying.rejected.iter().map(|(id, why)| (id.as_str(), why.contains(reason))).collect();
        assert_eq!(named, [("m0100x", true)], "{:?}", applying.rejected);
        let (items, head, _) = dump(&store).await;
        assert_eq!((items.len(), head.count, head.journal), (220, 220, None));
        // Not all of the commit is applied, so the head does not say that it is.
        assert_eq!(head.commit, None);
        // Alone, it is an error that says the same.
        let halt = files(&wanted, "c1").apply(&store).await.expect_err("nothing is left to write");
        let Why::Store(error) = halt.why else { panic!("{halt:?}") };
        let message = crate::report::chain(&error);
        assert!(message.contains(reason), "{message}");
        // Once it is put right, it is written like any other.
        let right: Vec<_> = numbered(0..220, 1).chain([desired("m0100x", 1)]).collect();
        files(&right, "c2").run(&store).await.expect("it applies");
        let (items, head, _) = dump(&store).await;
        assert_eq!((items.len(), head.count, head.commit.as_deref()), (221, 221, Some("c2")));
    }
}
