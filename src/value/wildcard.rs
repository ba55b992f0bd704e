//! Patterns in which `*` stands for any characters. Pure.

/// Whether `text` is what `pattern` says. The time is bounded by the product of their lengths: where something does
/// not fit, only the last `*` takes one byte more.
pub fn fits(pattern: &str, text: &str) -> bool {
    let (pattern, text) = (pattern.as_bytes(), text.as_bytes());
    let (mut at, mut next) = (0, 0);
    let mut star: Option<(usize, usize)> = None;
    while next < text.len() {
        match (pattern.get(at), star) {
            (Some(b'*'), _) => {
                star = Some((at, next));
                at += 1;
            }
            (Some(wanted), _) if *wanted == text[next] => {
                at += 1;
                next += 1;
            }
            (_, Some((open, taken))) => {
                star = Some((open, taken + 1));
                at = open + 1;
                next = taken + 1;
            }
            (_, None) => return false,
        }
    }
    pattern[at..].iter().all(|rest| *rest == b'*')
}
