//! Texts in many encodings, read as they were meant.

use super::*;

fn reads(text: &str, word: &str) -> bool {
    any(text, &|reading, _| reading.windows(word.len()).any(|part| part == word.as_bytes()))
}

#[test]
fn a_word_is_read_in_every_common_encoding() {
    for text in [
        "hunter2-value",
        "HUNTER2-Value",
        "aHVudGVyMi12YWx1ZQ==",
        "dXNlcjpodW50ZXIyLXZhbHVl",
        "eGh1bnRlcjItdmFsdWU",
        "line: aHVudGVy\nMi12YWx1ZQ",
        "YUhWdWRHVnlNaTEyWVd4MVpRPT0=",
        "68756e746572322d76616c7565",
        "68:75:6E:74:65:72:32:2D:76:61:6C:75:65",
        "0x68, 0x75, 0x6e, 0x74, 0x65, 0x72, 0x32, 0x2d, 0x76, 0x61, 0x6c, 0x75, 0x65",
        r"\x68\x75\x6e\x74\x65\x72\x32\x2d\x76\x61\x6c\x75\x65",
        r"\150\165\156\164\145\162\62\55\166\141\154\165\145",
        "%68%75%6e%74%65%72%32%2d%76%61%6c%75%65",
        "%2568%2575%256e%2574%2565%2572%2532%252d%2576%2561%256c%2575%2565",
        "&#104;&#117;&#110;&#116;&#x65;&#x72;2&hyphen;value",
        r"\u0068\u0075\u006e\u0074\u0065\u0072\u0032\u002dvalue",
        r"\\u0068unter2-value",
        "NB2W45DFOIZC25TBNR2WK===",
        "[104, 117, 110, 116, 101, 114, 50, 45, 118, 97, 108, 117, 101]",
        "150 165 156 164 145 162 62 55 166 141 154 165 145",
        "01101000 01110101 01101110 01110100 01100101 01110010 00110010 00101101 01110110 01100001 01101100 01110101 01100101",
        "D1QMST35E8P2QTJ1DHQMA===",
        "<b>h</b><b>u</b>nter2-va<br/>lue",
        "h\u{300}u\u{301}nter2\u{200b}-v\u{ad}alue",
        "%EF%BD%88unter2-value",
        "h%E2%80%8Bu%C2%ADnter2-value",
        "eulav-2retnuh",
        "uhagre2-inyhr",
        "=68=75=6E=74=65=72=32=2D=76=61=6C=75=65",
    ] {
        assert!(reads(text, "hunter2-value"), "{text}");
    }
    assert!(reads("h.u.n.t.e.r.2 v.a.l.u.e", "hunter2value"));
    assert!(!reads("an ordinary answer of an endpoint, with 503 in it", "hunter2-value"));
}

#[test]
fn a_text_that_breaks_off_in_an_escape_is_read_as_far_as_it_goes() {
    for text in ["%", "%6", "&#", "&#x", r"\", r"\u", r"\u{6", r"\x6", "0x", "=6", "&#99999999999;", ""] {
        assert!(!reads(text, "hunter2"), "{text}");
    }
}
