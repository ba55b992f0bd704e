//! HMAC with SHA-256, written from RFC 2104, so that a signature is verified by other code than made it.

use sha2::{Digest, Sha256};

/// Bytes of a block of SHA-256.
const BLOCK: usize = 64;

pub fn hmac(key: &[u8], message: &[u8]) -> Vec<u8> {
    let mut padded = if key.len() > BLOCK { Sha256::digest(key).to_vec() } else { key.to_vec() };
    padded.resize(BLOCK, 0);
    let with = |pad: u8| padded.iter().map(|byte| byte ^ pad).collect::<Vec<_>>();
    let inner = Sha256::digest([&with(0x36)[..], message].concat());
    Sha256::digest([&with(0x5c)[..], &inner[..]].concat()).to_vec()
}
