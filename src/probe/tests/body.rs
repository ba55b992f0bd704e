//! Bodies: too long, packed, and cut short.

use std::io::Write;

use flate2::Compression;
use flate2::write::{DeflateEncoder, GzEncoder, ZlibEncoder};
use tokio::io::AsyncWriteExt;

use super::server::{answering, ok, request, serving};
use super::{answer, fault, monitor, observe, reading};
use crate::observation::Transport;

fn url(address: std::net::SocketAddr) -> String {
    format!("http://{address}/")
}

fn gzip(data: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(data).expect("memory");
    encoder.finish().expect("memory")
}

fn zlib(data: &[u8]) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(data).expect("memory");
    encoder.finish().expect("memory")
}

fn deflate(data: &[u8]) -> Vec<u8> {
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(data).expect("memory");
    encoder.finish().expect("memory")
}

#[tokio::test]
async fn a_body_is_decoded_as_its_header_says() {
    for (header, sent) in [
        ("", b"it is ok".to_vec()),
        ("content-encoding: Identity\r\n", b"it is ok".to_vec()),
        ("content-encoding: gzip\r\n", gzip(b"it is ok")),
        ("content-encoding: x-gzip\r\n", gzip(b"it is ok")),
        ("content-encoding: deflate\r\n", zlib(b"it is ok")),
        ("content-encoding: deflate\r\n", deflate(b"it is ok")),
        ("content-encoding: gzip, deflate\r\n", zlib(&gzip(b"it is ok"))),
        ("content-encoding: gzip\r\ncontent-encoding: identity\r\n", gzip(b"it is ok")),
    ] {
        let (address, _) = answering(ok(header, &sent)).await;
        assert_eq!(answer(&reading(&url(address))).await.body.as_deref(), Some(&b"it is ok"[..]), "{header}");
    }
}

#[tokio::test]
async fn an_empty_body_has_nothing_to_decode() {
    for header in ["", "content-encoding: gzip\r\n", "content-encoding: deflate\r\n"] {
        let (address, _) = answering(ok(header, b"")).await;
        assert_eq!(answer(&reading(&url(address))).await.body.as_deref(), Some(&b""[..]), "{header}");
    }
}

#[tokio::test]
async fn a_body_that_does_not_decode_is_a_protocol_fault() {
    let packed = gzip(b"it is ok");
    for (header, sent, actual) in [
        ("content-encoding: br\r\n", &b"?"[..], "a body compressed with br, which the probe did not accept"),
        ("content-encoding: zstd\r\n", b"?", "a body compressed with zstd, which the probe did not accept"),
        ("content-encoding: gzip, br\r\n", b"?", "a body compressed with br, which the probe did not accept"),
        (
            "content-encoding: gzip\r\n",
            &packed[..packed.len() - 10],
            "a compressed body that does not decode",
        ),
        ("content-encoding: deflate\r\n", b"xxxx", "a compressed body that does not decode"),
    ] {
        let (address, _) = answering(ok(header, sent)).await;
        let fault = fault(&reading(&url(address))).await;
        assert_eq!((fault.kind, fault.actual.as_str()), (Transport::Protocol.into(), actual));
    }
}

// Trap 11
#[tokio::test]
async fn a_body_over_the_cap_is_a_fault_whether_announced_streamed_or_packed() {
    let long = vec![b'x'; (1 << 20) + 1];
    let streamed = [b"HTTP/1.1 200 OK\r\n\r\n", &long[..]].concat();
    let bomb = gzip(&vec![0; 50 << 20]);
    assert!(bomb.len() < 1 << 20);
    for sent in [ok("", &long), streamed, ok("content-encoding: gzip\r\n", &bomb)] {
        let (address, _) = answering(sent).await;
        let fault = fault(&reading(&url(address))).await;
        assert_eq!(fault.kind, Transport::BodyTooLarge.into());
        assert_eq!(fault.to_string(), "a body of more than 1 MiB, expected at most 1 MiB");
    }
}

#[tokio::test]
async fn a_body_of_just_the_cap_is_kept() {
    let (address, _) = answering(ok("", &vec![b'x'; 1 << 20])).await;
    assert_eq!(answer(&reading(&url(address))).await.body.map(|body| body.len()), Some(1 << 20));
}

#[tokio::test]
async fn a_body_cut_short_is_a_fault_only_where_it_is_read() {
    let (address, _) = answering("HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nok").await;
    let fault = fault(&reading(&url(address))).await;
    assert_eq!(fault.kind, Transport::Protocol.into());
    assert_eq!(fault.actual, "connection closed before the body's end");
    assert_eq!(answer(&monitor(&url(address))).await.status, 200);
}

// Trap 11
#[tokio::test]
async fn an_endless_body_that_no_one_asked_for_is_left_alone() {
    let address = serving(|_, mut stream| async move {
        request(&mut stream).await;
        drop(stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n").await);
        while stream.write_all(&[b'x'; 4096]).await.is_ok() {}
    });
    let observation = observe(&monitor(&url(address.await))).await;
    assert!(observation.result.is_ok(), "{observation:?}");
    assert!(observation.phases.get("read").is_some());
}
