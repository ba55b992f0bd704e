//! A file within its bounds to documents in YAML.

use crate::config::diagnostic::Code;
use crate::config::sizes;
use crate::config::sources::{Source, is_defaults};
use crate::config::violation::PlacedViolation;
use crate::config::yaml;
use crate::config::yaml::tree::TextPlace;

/// The documents of one file, and what is wrong with its text.
pub fn parse(source: &Source<'_>, index: u32) -> yaml::Parsed {
    let is_defaults = is_defaults(&source.file.path);
    let (most, shown) = if is_defaults {
        (sizes::DEFAULTS_BYTES, format!("{} KiB", sizes::DEFAULTS_BYTES >> 10))
    } else {
        (sizes::FILE_BYTES, format!("{} MiB", sizes::FILE_BYTES >> 20))
    };
    if source.file.bytes.len() > most {
        let place = TextPlace { file: index, start: 0, end: 0 };
        let fault = PlacedViolation::new(Code::TooLarge, place, format!("this file is larger than {shown}"));
        let help = if is_defaults {
            "every monitor below copies it; move values that few monitors share to their files"
        } else {
            "split it; a monitor file has a few KB"
        };
        return yaml::Parsed { faults: vec![fault.help(help)], ..yaml::Parsed::default() };
    }
    if source.file.bytes.starts_with(&[0xff, 0xfe]) || source.file.bytes.starts_with(&[0xfe, 0xff]) {
        let place = TextPlace { file: index, start: 0, end: 0 };
        let fault = PlacedViolation::new(Code::NotUtf8, place, "this file is UTF-16 text")
            .help("save the file as UTF-8");
        return yaml::Parsed { faults: vec![fault], ..yaml::Parsed::default() };
    }
    let mut parsed = yaml::parse(&source.text, index);
    if let Some(start) = source.not_utf8_at {
        let place = TextPlace { file: index, start, end: start + 1 };
        parsed.faults.push(
            PlacedViolation::new(Code::NotUtf8, place, "this file is not UTF-8 text")
                .label("first invalid byte")
                .help("save the file as UTF-8"),
        );
    }
    parsed
}
