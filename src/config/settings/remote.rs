//! What the address of a git remote says of whose repository it is.

/// A repository on a server. Credentials and ports that stand in its address are left out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Remote {
    /// In small letters.
    pub host: String,
    /// `acme/api-monitors`
    pub path: String,
}

impl Remote {
    /// From any form that git takes: a URL, or `user@host:path`. A path of this machine is no server.
    pub fn parse(address: &str) -> Option<Self> {
        let address = address.trim();
        let (authority, path) = match address.split_once("://") {
            Some(("file", _)) => return None,
            Some((_, rest)) => rest.split_once('/')?,
            None => scp_like(address)?,
        };
        let host = host(authority)?;
        let path = path.split(['?', '#']).next().unwrap_or_default().trim_matches('/');
        let path = path.strip_suffix(".git").unwrap_or(path).trim_end_matches('/');
        let path = repository(&host, path);
        (!path.is_empty()).then_some(Self { host, path })
    }
}

/// `git@github.com:acme/monitors`. With a slash before the colon it is a path, and so is `C:\monitors`.
fn scp_like(address: &str) -> Option<(&str, &str)> {
    // An IPv6 address stands in brackets.
    let from = address.find(']').unwrap_or_default();
    let colon = from + address.get(from..)?.find(':')?;
    let (authority, path) = (address.get(..colon)?, address.get(colon + 1..)?);
    (!authority.contains('/') && authority.len() > 1).then_some((authority, path))
}

/// Servers that have another name for SSH, for networks where port 22 is closed.
const OVER_443: [(&str, &str); 3] = [
    ("ssh.github.com", "github.com"),
    ("altssh.gitlab.com", "gitlab.com"),
    ("ssh.dev.azure.com", "dev.azure.com"),
];

/// Without user, password and port.
fn host(authority: &str) -> Option<String> {
    let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    let host = match host.strip_prefix('[') {
        Some(rest) => rest.split(']').next()?,
        None => host.split(':').next()?,
    };
    let host = host.trim_end_matches('.').to_ascii_lowercase();
    let known = OVER_443.iter().find(|(name, _)| *name == host);
    let host = known.map_or(host, |(_, name)| (*name).to_owned());
    (!host.is_empty()).then_some(host)
}

/// What is the name in a path: some servers put words of their own around it.
fn repository(host: &str, path: &str) -> String {
    let parts: Vec<_> = path.split('/').filter(|part| !part.is_empty()).collect();
    let parts = match parts.as_slice() {
        ["v3", rest @ ..] if host == "dev.azure.com" => rest.to_vec(),
        [before @ .., "_git", name] => before.iter().chain([name]).copied().collect(),
        ["scm", rest @ ..] if !rest.is_empty() => rest.to_vec(),
        ["v1", "repos", rest @ ..] if host.starts_with("git-codecommit.") => rest.to_vec(),
        parts => parts.to_vec(),
    };
    parts.join("/").trim_start_matches('~').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(address: &str, host: &str, path: &str) {
        let expected = Remote { host: host.to_owned(), path: path.to_owned() };
        assert_eq!(Remote::parse(address), Some(expected), "{address}");
    }

    #[test]
    fn every_form_of_an_address_names_the_same_repository() {
        for address in [
            "https://github.com/acme/api-monitors",
            "https://github.com/acme/api-monitors.git",
            "https://github.com/acme/api-monitors/",
            "https://user:ghp_secret@GitHub.com:443/acme/api-monitors.git",
            "http://github.com/acme/api-monitors",
            "git://github.com/acme/api-monitors.git",
            "ssh://git@github.com/acme/api-monitors.git",
            "ssh://git@github.com:22/acme/api-monitors.git/",
            "ssh://git@ssh.github.com:443/acme/api-monitors.git",
            "git+ssh://git@github.com/acme/api-monitors",
            "git@github.com:acme/api-monitors.git",
            "git@github.com:/acme/api-monitors.git",
            "github.com:acme/api-monitors",
        ] {
            check(address, "github.com", "acme/api-monitors");
        }
    }

    #[test]
    fn other_servers_have_forms_of_their_own() {
        check("https://gitlab.com/acme/platform/eu/monitors.git", "gitlab.com", "acme/platform/eu/monitors");
        check("ssh://git@[2001:db8::1]:7999/acme/monitors.git", "2001:db8::1", "acme/monitors");
        check("git@[2001:db8::1]:acme/monitors.git", "2001:db8::1", "acme/monitors");
        check("https://org@dev.azure.com/org/p/_git/monitors", "dev.azure.com", "org/p/monitors");
        check("git@ssh.dev.azure.com:v3/org/p/monitors", "dev.azure.com", "org/p/monitors");
        check("https://bitbucket.example/scm/ops/monitors.git", "bitbucket.example", "ops/monitors");
        let codecommit = "git-codecommit.eu-west-1.amazonaws.com";
        check(&format!("https://{codecommit}/v1/repos/monitors"), codecommit, "monitors");
        check("git@git.sr.ht:~ops/monitors", "git.sr.ht", "ops/monitors");
    }

    #[test]
    fn a_path_of_this_machine_is_no_server() {
        for address in [
            "/srv/git/monitors.git",
            "../monitors.git",
            "./a:b",
            "file:///srv/git/monitors.git",
            r"C:\git\monitors",
            "C:/git/monitors",
            "https://github.com",
            "https://github.com/",
            "",
        ] {
            assert_eq!(Remote::parse(address), None, "{address}");
        }
    }
}
