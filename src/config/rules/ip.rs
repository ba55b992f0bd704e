//! `ip`: over which versions of IP a monitor is probed.

use url::{Host, Url};

use crate::config::diagnostic::Code;
use crate::config::raw::ip::RawIp;
use crate::monitor::{IpChoice, IpVersion};
use crate::written::Violation;

/// What is written, with a violation where the URL has an address of another version.
pub fn read(written: Option<RawIp>, url: Option<&str>, violations: &mut Vec<Violation>) -> IpChoice {
    let choice = match written {
        None | Some(RawIp::Any) => IpChoice::Any,
        Some(RawIp::Four) => IpChoice::Only(IpVersion::V4),
        Some(RawIp::Six) => IpChoice::Only(IpVersion::V6),
        Some(RawIp::Both) => IpChoice::Both,
    };
    let address = url.and_then(version_of);
    if let Some(missing) =
        choice.required().iter().find(|version| address.is_some_and(|own| own != **version))
    {
        let message = format!(
            "`ip` needs {}, and `url` has an address of {}",
            missing.as_str(),
            missing.other().as_str()
        );
        violations.push(
            Violation::new(Code::Contradiction, "ip", message)
                .label("no probe can meet it")
                .also("url", "this address")
                .help("write the name of the host in `url`, or remove `ip`"),
        );
    }
    choice
}

/// The version of the address that a URL has in place of a name.
fn version_of(url: &str) -> Option<IpVersion> {
    match Url::parse(url).ok()?.host()? {
        Host::Domain(name) => name.parse().ok().map(IpVersion::of),
        Host::Ipv4(_) => Some(IpVersion::V4),
        Host::Ipv6(_) => Some(IpVersion::V6),
    }
}
