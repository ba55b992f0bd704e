//! Redirects to where a probe should not go, and what they may take along.

use std::net::SocketAddr;
use std::sync::{Arc, OnceLock};

use tokio::io::AsyncWriteExt;

use super::server::{Log, answering, answering_in_turn, ok, redirect, redirecting, request, serving};
use super::{answer, fault, monitor, observe};
use crate::observation::Transport;

#[tokio::test]
async fn a_redirect_is_followed_from_hop_to_hop() {
    let (last, log) = answering(ok("", b"")).await;
    let moves = vec![redirect(301, "../b?c=d"), redirect(307, &format!("http://user:pass@{last}/end"))];
    let (address, first_log) = answering_in_turn(moves).await;
    assert_eq!(answer(&monitor(&format!("http://{address}/x/a"))).await.status, 200);
    assert!(first_log.lock().expect("the log")[1].starts_with("GET /b?c=d HTTP/1.1\r\n"));
    let asked = log.lock().expect("the log")[0].clone();
    assert!(asked.starts_with(&format!("GET /end HTTP/1.1\r\nhost: {last}\r\n")), "{asked}");
    assert!(!asked.contains("authorization"), "{asked}");
}

// Trap 11
#[tokio::test]
async fn a_redirect_loop_ends_with_a_fault() {
    let (address, log) = redirecting("/again").await;
    let fault = fault(&monitor(&format!("http://{address}/"))).await;
    assert_eq!(fault.kind, Transport::Redirect.into());
    assert_eq!(
        fault.to_string(),
        format!("a redirect to http://{address}/again after 5 others, expected at most 5 redirects")
    );
    assert_eq!(log.lock().expect("the log").len(), 6);
}

#[tokio::test]
async fn with_no_redirects_allowed_the_redirect_is_the_answer() {
    let (address, _) = redirecting("http://169.254.169.254/").await;
    let mut observed = monitor(&format!("http://{address}/"));
    observed.request().redirects = 0;
    assert_eq!(answer(&observed).await.status, 302);
}

// Trap 18
#[tokio::test]
async fn a_redirect_to_metadata_is_blocked_in_every_spelling() {
    for location in [
        "http://169.254.169.254/latest/meta-data/",
        "http://2852039166/",
        "//0xA9FEA9FE/",
        "http://[::ffff:169.254.169.254]/",
        "https://169.254.169.254/",
    ] {
        let (address, _) = redirecting(location).await;
        let observation = observe(&monitor(&format!("http://{address}/"))).await;
        let fault = observation.result.expect_err("a fault");
        assert_eq!(fault.kind, Transport::Blocked.into(), "{location}");
        assert_eq!(observation.phases.get("connect"), None);
    }
}

#[tokio::test]
async fn credentials_stay_at_their_origin_and_do_not_come_back() {
    let home: Arc<OnceLock<SocketAddr>> = Arc::default();
    let (known, log) = (Arc::clone(&home), Log::default());
    let kept = Arc::clone(&log);
    let other = serving(move |_, mut stream| {
        let (home, log) = (Arc::clone(&known), Arc::clone(&kept));
        async move {
            let asked = request(&mut stream).await;
            log.lock().expect("the log").push(asked);
            let back = format!("http://{}/back", home.get().expect("an address"));
            drop(stream.write_all(&redirect(302, &back)).await);
        }
    })
    .await;
    let away = redirect(302, &format!("http://{other}/"));
    let (address, home_log) = answering_in_turn(vec![redirect(302, "/same"), away, ok("", b"")]).await;
    home.set(address).expect("set once");
    let asked = monitor(&format!("http://{address}/")).with_headers(&[
        ("authorization", "Basic eDp5"),
        ("cookie", "a=b"),
        ("proxy-authorization", "c"),
        ("x-key", "${env:KEY}"),
        ("x-plain", "kept"),
    ]);
    assert_eq!(answer(&asked).await.status, 200);
    let at_home = home_log.lock().expect("the log").clone();
    let (before, after) = at_home.split_at(2);
    let away = log.lock().expect("the log").clone();
    for (requests, shown) in [(before, true), (&away[..], false), (after, false)] {
        for request in requests {
            assert!(request.contains("x-plain: kept"), "{request}");
            for secret in ["\r\nauthorization:", "\r\ncookie:", "\r\nproxy-authorization:", "\r\nx-key:"] {
                assert_eq!(request.contains(secret), shown, "{request}");
            }
        }
    }
}

#[tokio::test]
async fn the_host_that_a_monitor_names_is_for_its_own_origin() {
    let (other, log) = answering(ok("", b"")).await;
    let moves = vec![redirect(302, "/same"), redirect(302, &format!("http://{other}/"))];
    let (address, home_log) = answering_in_turn(moves).await;
    let mut asked = monitor(&format!("http://{address}/"));
    asked.request().host = Some("shop.example:8443".to_owned());
    assert_eq!(answer(&asked).await.status, 200);
    for request in home_log.lock().expect("the log").iter() {
        assert!(request.contains("\r\nhost: shop.example:8443\r\n"), "{request}");
    }
    let away = log.lock().expect("the log")[0].clone();
    assert!(away.contains(&format!("\r\nhost: {other}\r\n")), "{away}");
}

// Trap 17
#[tokio::test]
async fn what_a_redirect_says_is_shown_without_secrets_and_in_short() {
    let location = format!("ftp://key-s3cr%2Ft+value.example/?k=KEY-S3CR/T%20value&x={}", "y".repeat(500));
    let (address, _) = redirecting(&location).await;
    let fault = fault(&monitor(&format!("http://{address}/?k=${{env:KEY}}"))).await;
    assert_eq!(fault.kind, Transport::Redirect.into());
    assert!(!fault.actual.to_lowercase().contains("s3cr"), "{fault}");
    assert!(fault.actual.contains("?k=${env:KEY}&x=yy"), "{fault}");
    assert!(fault.actual.ends_with('…') && fault.actual.chars().count() == 201, "{fault}");
}

// Trap 17
#[tokio::test]
async fn bytes_of_a_location_that_are_no_text_are_shown_as_such() {
    let sent = b"HTTP/1.1 302 Found\r\nlocation: ftp://x/\x80\xe2\x80\xae\xff\r\ncontent-length: 0\r\n\r\n";
    let (address, _) = answering(sent.to_vec()).await;
    let fault = fault(&monitor(&format!("http://{address}/"))).await;
    assert_eq!(fault.kind, Transport::Redirect.into());
    assert!(fault.actual.starts_with("a redirect to ftp://x/"), "{fault}");
    assert!(!fault.actual.contains(crate::monitor::is_hidden), "{fault:?}");
}

#[tokio::test]
async fn a_literal_api_key_stays_at_its_origin() {
    let (other, log) = answering(ok("", b"")).await;
    let (address, home_log) = redirecting(&format!("http://{other}/")).await;
    let monitor = monitor(&format!("http://{address}/")).with_headers(&[("x-api-key", "k3y"), ("x", "y")]);
    answer(&monitor).await;
    assert!(home_log.lock().expect("the log")[0].contains("x-api-key: k3y"));
    let asked = log.lock().expect("the log")[0].clone();
    assert!(asked.contains("x: y") && !asked.contains("k3y"), "{asked}");
}
