//! The body of an answer that a rule reads, and never more than there is room for.

use super::encoding;
use crate::observation::Fault;
use crate::probe::wire::chunks::Chunks;
use crate::probe::wire::fault::too_large;
use crate::probe::wire::head::Head;

/// Room for a body that is kept, counted after decoding and also before.
const CAP: usize = 1 << 20;

/// Reads and decodes a body that a rule asks for.
pub async fn read(mut body: impl Chunks, head: &Head) -> Result<Vec<u8>, Fault> {
    // A length that is announced need not be read to be known.
    let announced = usize::try_from(body.announced()).unwrap_or(usize::MAX);
    if announced > CAP {
        return Err(too_large());
    }
    let mut raw = Vec::with_capacity(announced);
    while let Some(data) = body.next().await {
        let data = match data {
            Ok(data) => data,
            // All that was announced has come: how the server ends the stream or the connection matters no more.
            Err(_) if announced > 0 && raw.len() == announced => break,
            Err(fault) => return Err(fault),
        };
        if raw.len() + data.len() > CAP {
            return Err(too_large());
        }
        raw.extend_from_slice(&data);
    }
    encoding::decode(head, raw, CAP)
}
