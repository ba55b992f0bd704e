//! What `blackbox_exporter` tests its HTTP prober with on the wire, where no other test here has it.

use super::server::{answering, answering_in_turn, ok, redirect};
use super::{answer, monitor};
use crate::monitor::{Monitor, TlsPolicy, Trust};

// Differs: it keeps them; a probe is a visitor who comes for the first time.
#[tokio::test]
async fn a_cookie_of_a_redirect_is_not_sent_on() {
    let first =
        b"HTTP/1.1 302 Found\r\nset-cookie: some=cookie\r\nlocation: /next\r\ncontent-length: 0\r\n\r\n";
    let (address, log) = answering_in_turn(vec![first.to_vec(), ok("", b"")]).await;
    assert_eq!(answer(&monitor(&format!("http://{address}/"))).await.status, 200);
    let asked = log.lock().expect("the log");
    assert!(asked[1].starts_with("GET /next ") && !asked[1].contains("cookie"), "{asked:?}");
}

#[tokio::test]
async fn a_body_that_no_rule_reads_may_be_encoded_in_any_way() {
    for encoding in ["identity", "gzip", "deflate", "br", "xxx"] {
        let (address, _) = answering(ok(&format!("content-encoding: {encoding}\r\n"), b"xxxx")).await;
        let answer = answer(&monitor(&format!("http://{address}/"))).await;
        assert_eq!((answer.status, answer.body), (200, None), "{encoding}");
    }
}

#[tokio::test]
async fn what_is_said_of_tls_means_nothing_to_plain_http() {
    let (address, _) = answering(ok("", b"")).await;
    let tls = TlsPolicy { trust: Trust::Anyone, ..TlsPolicy::default() };
    let plain = Monitor { tls, ..monitor(&format!("http://{address}/")) };
    assert_eq!(answer(&plain).await.status, 200);
}

// It follows ten, we follow five unless a monitor says otherwise; the last answer of a chain counts.
#[tokio::test]
async fn a_chain_of_redirects_is_followed_to_its_end() {
    let mut answers: Vec<_> = (1..=5).map(|hop| redirect(302, &format!("/redirect-{hop}"))).collect();
    answers.push(ok("", b""));
    let (address, log) = answering_in_turn(answers).await;
    assert_eq!(answer(&monitor(&format!("http://{address}/"))).await.status, 200);
    assert_eq!(log.lock().expect("the log").len(), 6);
}
