//! The networks that are not the public internet, and the disguises of an address. Pure.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ipnet::{IpNet, Ipv4Net, Ipv6Net};

/// Instance metadata and what never is an endpoint. No `--allow` opens these.
const NEVER: [(IpNet, &str); 12] = [
    (v4([169, 254, 0, 0], 16), "link-local"),
    (v4([100, 100, 100, 200], 32), "instance metadata"),
    (v4([168, 63, 129, 16], 32), "instance metadata"),
    (v4([192, 0, 0, 192], 32), "instance metadata"),
    (v4([0, 0, 0, 0], 8), "unspecified"),
    (v4([224, 0, 0, 0], 4), "multicast"),
    (v4([255, 255, 255, 255], 32), "broadcast"),
    (v6([0, 0, 0, 0, 0, 0, 0, 0], 128), "unspecified"),
    (v6([0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x254], 128), "instance metadata"),
    (v6([0xfd20, 0xce, 0, 0, 0, 0, 0, 0x254], 128), "instance metadata"),
    (v6([0xfe80, 0, 0, 0, 0, 0, 0, 0], 10), "link-local"),
    (v6([0xff00, 0, 0, 0, 0, 0, 0, 0], 8), "multicast"),
];

/// Everything else that is not the public internet. The first that holds an address names it.
const NOT_PUBLIC: [(IpNet, &str); 28] = [
    (v4([127, 0, 0, 0], 8), "loopback"),
    (v4([10, 0, 0, 0], 8), "private"),
    (v4([172, 16, 0, 0], 12), "private"),
    (v4([192, 168, 0, 0], 16), "private"),
    (v4([100, 64, 0, 0], 10), "carrier-grade NAT"),
    (v4([192, 0, 0, 0], 24), "reserved"),
    (v4([192, 0, 2, 0], 24), "documentation"),
    (v4([198, 51, 100, 0], 24), "documentation"),
    (v4([203, 0, 113, 0], 24), "documentation"),
    (v4([192, 88, 99, 0], 24), "6to4"),
    (v4([198, 18, 0, 0], 15), "benchmarking"),
    (v4([240, 0, 0, 0], 4), "reserved"),
    (v6([0, 0, 0, 0, 0, 0, 0, 1], 128), "loopback"),
    (v6([0xfc00, 0, 0, 0, 0, 0, 0, 0], 7), "private"),
    (v6([0x64, 0xff9b, 0, 0, 0, 0, 0, 0], 96), "NAT64"),
    (v6([0x64, 0xff9b, 1, 0, 0, 0, 0, 0], 48), "NAT64"),
    (v6([0x2001, 0, 0, 0, 0, 0, 0, 0], 32), "Teredo"),
    (v6([0x2001, 2, 0, 0, 0, 0, 0, 0], 48), "benchmarking"),
    (v6([0x2001, 0, 0, 0, 0, 0, 0, 0], 23), "reserved"),
    (v6([0x2001, 0xdb8, 0, 0, 0, 0, 0, 0], 32), "documentation"),
    (v6([0x3fff, 0, 0, 0, 0, 0, 0, 0], 20), "documentation"),
    (v6([0x2002, 0, 0, 0, 0, 0, 0, 0], 16), "6to4"),
    (v6([0xfec0, 0, 0, 0, 0, 0, 0, 0], 10), "site-local"),
    (v6([0x100, 0, 0, 0, 0, 0, 0, 0], 64), "discard-only"),
    // Only 2000::/3 is handed out for use on the internet; the last three are all the rest.
    (v6([0, 0, 0, 0, 0, 0, 0, 0], 3), "reserved"),
    (v6([0x4000, 0, 0, 0, 0, 0, 0, 0], 2), "reserved"),
    (v6([0x8000, 0, 0, 0, 0, 0, 0, 0], 2), "reserved"),
    (v6([0xc000, 0, 0, 0, 0, 0, 0, 0], 2), "reserved"),
];

/// The name servers of AWS within each of its networks. They are link-local, and answer like any other.
pub const NAME_SERVERS: [IpAddr; 2] = [
    IpAddr::V4(Ipv4Addr::new(169, 254, 169, 253)),
    IpAddr::V6(Ipv6Addr::new(0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x253)),
];

/// What an embedded store implies: it is a personal machine, probing what runs on it and beside it.
pub const LAPTOP: [IpNet; 6] = [
    v4([127, 0, 0, 0], 8),
    v4([10, 0, 0, 0], 8),
    v4([172, 16, 0, 0], 12),
    v4([192, 168, 0, 0], 16),
    v6([0, 0, 0, 0, 0, 0, 0, 1], 128),
    v6([0xfc00, 0, 0, 0, 0, 0, 0, 0], 7),
];

/// The IPv4 address that a socket to `::ffff:a.b.c.d` or `::a.b.c.d` really reaches.
pub fn unmapped(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V6(v6) if !v6.is_unspecified() && !v6.is_loopback() => {
            v6.to_ipv4().map_or(address, IpAddr::from)
        }
        IpAddr::V4(_) | IpAddr::V6(_) => address,
    }
}

/// The name of the range that keeps `address` out of reach for ever.
pub fn never(address: IpAddr) -> Option<&'static str> {
    // A translator would carry a packet on to the address inside.
    let inside = || embedded(address).find_map(|inner| name_in(&NEVER, inner.into()));
    name_in(&NEVER, address).or_else(inside)
}

/// The name of the range that keeps `address` out of reach until it is allowed.
pub fn not_public(address: IpAddr) -> Option<&'static str> {
    name_in(&NOT_PUBLIC, address)
}

/// The IPv4 addresses that an IPv6 transition mechanism would make of `address`.
fn embedded(address: IpAddr) -> impl Iterator<Item = Ipv4Addr> {
    let IpAddr::V6(v6) = address else { return [None, None].into_iter().flatten() };
    let found = match v6.segments() {
        // NAT64 (RFC 6052) and stateless translation (RFC 2765)
        [0x64, 0xff9b, 0, 0, 0, 0, high, low] | [0, 0, 0, 0, 0xffff, 0, high, low] => {
            [Some(joined(high, low)), None]
        }
        // NAT64 with a local prefix (RFC 8215): of 96 bits, or of 48 with eight zero bits between the halves of
        // the address. The place that is not in use is zero, which must not be taken for an address.
        [0x64, 0xff9b, 1, first, middle, last, high, low] => {
            let places = [joined(high, low), joined(first, (middle << 8) | (last >> 8))];
            places.map(|inner| (inner.octets()[0] != 0).then_some(inner))
        }
        // 6to4
        [0x2002, high, low, ..] => [Some(joined(high, low)), None],
        // Teredo: its server, and its client with all bits turned
        [0x2001, 0, high, low, .., client_high, client_low] => {
            [Some(joined(high, low)), Some(joined(!client_high, !client_low))]
        }
        _ => [None, None],
    };
    found.into_iter().flatten()
}

fn joined(high: u16, low: u16) -> Ipv4Addr {
    Ipv4Addr::from_bits((u32::from(high) << 16) | u32::from(low))
}

fn name_in(ranges: &[(IpNet, &'static str)], address: IpAddr) -> Option<&'static str> {
    ranges.iter().find(|(network, _)| network.contains(&address)).map(|&(_, name)| name)
}

const fn v4(octets: [u8; 4], bits: u8) -> IpNet {
    IpNet::V4(Ipv4Net::new_assert(Ipv4Addr::from_octets(octets), bits))
}

const fn v6(segments: [u16; 8], bits: u8) -> IpNet {
    IpNet::V6(Ipv6Net::new_assert(Ipv6Addr::from_segments(segments), bits))
}
