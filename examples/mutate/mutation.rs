//! Mutants of the example monitors: values put in the place of values, fields added, and letters changed.

use std::fs;
use std::io;
use std::path::Path;

use fastrand::Rng;

/// One example, without its id.
pub struct Document(String);

/// Numbers that parsers and tables see differently, a line each.
const ODD_NUMBERS: &str = include_str!("../../tests/data/numbers.txt");

/// Other scalars of that kind.
const SCALARS: [&str; 33] = [
    "0",
    "1",
    "1.0",
    "1.50",
    "1e3",
    "18446744073709551615",
    "1000000000000000000000",
    "99999999999999999999999999999999999999",
    "999999999999999999999999999999999999999",
    "0.1234567890123456789012345678901234567",
    "null",
    "~",
    "true",
    "no",
    "''",
    "' '",
    "'null'",
    "'1e5'",
    "'${'",
    "'${env:A}'",
    "'${ssm:/a}'",
    "\"\\0\"",
    "\"\\u2028\"",
    "\"\\ud83d\\ude00\"",
    "\"\\ud83d\"",
    "\"a\\r\\nb\"",
    "2026-12-01",
    "[]",
    "{}",
    "[[]]",
    "{'': 1}",
    "{a: {b: [1e22, null]}}",
    "{'$serde_json::private::Number': 1}",
];

/// Fields that take values of any kind, with `@` where one goes.
const FIELDS: [&str; 22] = [
    "json: @\nmethod: POST",
    "json: {a: [@, {b: @}]}\nmethod: POST",
    "body: @\nmethod: POST",
    "headers: {x-a: @, x-b: @}",
    "name: @",
    "team: @",
    "tags: [@, @]",
    "runbook: @",
    "redirects: @",
    "retry: {attempts: @}",
    "alert: {failures: @, successes: @}",
    "maintenance: [{starts: 2026-12-01T02:00, for: 2h, reason: @}]",
    "expect: {status: @}",
    "expect: {status: [@, 2xx]}",
    "expect: {headers: {x-a: @}}",
    "expect: {headers: {x-a: {less_than: @, greater_than: @}}}",
    "expect: {body: {equals: @}}",
    "expect: {body: {contains: @, not_contains: @}}",
    "expect: {json: [{path: $.a, equals: @}]}",
    "expect: {json: [{path: $.a, not_equals: {a: [@, @]}}]}",
    "expect: {json: [{path: $.a, less_than: @}]}",
    "expect: {json: [{path: $.a, greater_than: @}, {path: $.b, equals: @}]}",
];

/// The documents of the monitors and examples of this repository.
pub fn examples() -> io::Result<Vec<Document>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut texts = Vec::new();
    for folder in ["monitors/public", "monitors/platform", "docs/examples"] {
        let mut paths: Vec<_> =
            fs::read_dir(root.join(folder))?.map(|entry| Ok(entry?.path())).collect::<io::Result<_>>()?;
        paths.sort();
        for path in paths.iter().filter(|path| !path.ends_with("defaults.yaml")) {
            texts.push(fs::read_to_string(path)?);
        }
    }
    let documents = texts.iter().flat_map(|text| text.split("\n---")).map(|document| {
        let about_others = ["id:", "depends_on:", "moved_from:"];
        let lines = document.lines().filter(|line| !about_others.iter().any(|key| line.starts_with(key)));
        Document(lines.fold(String::new(), |text, line| text + line + "\n"))
    });
    Ok(documents.filter(|Document(text)| text.contains("url:")).collect())
}

/// The text of a mutant with an id of its own.
pub fn mutant(documents: &[Document], number: usize, random: &mut Rng) -> String {
    let Document(example) = &documents[random.usize(..documents.len())];
    let mut text = example.clone();
    for _ in 0..random.usize(1..4) {
        text = match random.u8(..8) {
            0..=3 => with_field(&text, random),
            4 | 5 => with_value(&text, random),
            6 => with_line(&text, random),
            _ => with_letter(&text, random),
        };
    }
    format!("id: m{number:04}\n{text}")
}

/// Adds a field, in the place of one of that name.
fn with_field(text: &str, random: &mut Rng) -> String {
    let mut field = FIELDS[random.usize(..FIELDS.len())].to_owned();
    while field.contains('@') {
        field = field.replacen('@', &value(random, 0), 1);
    }
    let names: Vec<_> =
        field.lines().filter_map(|line| Some(format!("{}:", line.split_once(':')?.0))).collect();
    let mut kept = String::new();
    let mut is_kept = true;
    for line in text.lines() {
        // What is indented belongs to the line above.
        if !line.starts_with([' ', '-']) {
            is_kept = !names.iter().any(|name| line.starts_with(name.as_str()));
        }
        if is_kept {
            kept = kept + line + "\n";
        }
    }
    format!("{kept}{field}\n")
}

/// Puts another value behind a colon.
fn with_value(text: &str, random: &mut Rng) -> String {
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    let at = random.usize(..lines.len().max(1));
    if let Some(line) = lines.get_mut(at)
        && let Some((key, _)) = line.split_once(": ")
    {
        *line = format!("{key}: {}", value(random, 0));
    }
    lines.join("\n") + "\n"
}

/// Doubles a line, or leaves one away.
fn with_line(text: &str, random: &mut Rng) -> String {
    let mut lines: Vec<&str> = text.lines().collect();
    let at = random.usize(..lines.len().max(1));
    if let Some(line) = lines.get(at).copied() {
        if random.bool() {
            lines.insert(at, line);
        } else {
            lines.remove(at);
        }
    }
    lines.join("\n") + "\n"
}

/// Changes, adds or removes a letter.
fn with_letter(text: &str, random: &mut Rng) -> String {
    const LETTERS: [char; 20] = [
        ' ', '\n', '\t', ':', '-', '#', '"', '\'', '{', '}', '[', ']', '&', '*', '!', '0', 'e', '.',
        '\u{e9}', '\u{2028}',
    ];
    let mut letters: Vec<char> = text.chars().collect();
    let at = random.usize(..letters.len().max(1));
    let letter = LETTERS[random.usize(..LETTERS.len())];
    match random.u8(..3) {
        0 => letters.insert(at.min(letters.len()), letter),
        1 if at < letters.len() => letters[at] = letter,
        _ if at < letters.len() => drop(letters.remove(at)),
        _ => {}
    }
    letters.into_iter().collect()
}

/// A scalar of the list, a number of any shape, or some of them nested.
fn value(random: &mut Rng, depth: usize) -> String {
    match random.u8(..12) {
        0 if depth < 4 => format!("[{}, {}]", value(random, depth + 1), value(random, depth + 1)),
        1 if depth < 4 => format!("{{k{}: {}}}", random.u8(..9), value(random, depth + 1)),
        2 => number(random),
        3 if depth == 0 => {
            let levels = random.usize(1..36);
            format!("{}{}{}", "[".repeat(levels), number(random), "]".repeat(levels))
        }
        4 if depth == 0 && random.u8(..20) == 0 => "x".repeat(random.usize(100_000..400_000)),
        _ => {
            let scalars: Vec<_> = ODD_NUMBERS.lines().chain(SCALARS).collect();
            scalars[random.usize(..scalars.len())].to_owned()
        }
    }
}

fn number(random: &mut Rng) -> String {
    let digits = |random: &mut Rng, most: usize| -> String {
        (0..random.usize(1..=most)).map(|_| random.digit(10)).collect()
    };
    let sign = if random.bool() { "-" } else { "" };
    let whole = digits(random, 40);
    let fraction = if random.bool() { format!(".{}", digits(random, 20)) } else { String::new() };
    let exponent = if random.bool() { format!("e{}", random.i32(-140..140)) } else { String::new() };
    format!("{sign}{whole}{fraction}{exponent}")
}
