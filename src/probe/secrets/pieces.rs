//! Whether several texts together show a secret of which each holds only a part: a header its beginning, the body its
//! end. Pure.

use std::collections::HashMap;

/// The shortest piece that counts. Shorter ones occur in any text.
const PIECE: usize = 4;

/// Values, and the parts of them that were shown.
#[derive(Debug)]
pub struct Pieces {
    values: Vec<ShownValue>,
}

#[derive(Debug)]
struct ShownValue {
    /// Where each piece of the shortest length begins.
    places: HashMap<[u8; PIECE], Vec<usize>>,
    /// Which of its bytes were shown.
    shown: Vec<bool>,
}

impl Pieces {
    pub fn of<'a>(values: impl Iterator<Item = &'a str>) -> Self {
        let value = |value: &str| {
            let lower = value.to_ascii_lowercase();
            let mut places: HashMap<_, Vec<_>> = HashMap::new();
            for (place, piece) in lower.as_bytes().windows(PIECE).enumerate() {
                places.entry(piece.try_into().unwrap_or_default()).or_default().push(place);
            }
            ShownValue { places, shown: vec![false; lower.len()] }
        };
        Self { values: values.map(value).collect() }
    }

    /// Adds a text that is about to be shown. If the texts together show too much of a value, it returns the number of the
    /// value, and the text must not be shown.
    pub fn add(&mut self, text: &str) -> Option<usize> {
        let text = text.to_ascii_lowercase();
        self.values.iter_mut().position(|value| value.is_too_much(text.as_bytes()))
    }
}

impl ShownValue {
    fn is_too_much(&mut self, text: &[u8]) -> bool {
        let length = self.shown.len();
        let mut after = self.shown.clone();
        for piece in text.windows(PIECE) {
            let piece: [u8; PIECE] = piece.try_into().unwrap_or_default();
            for &place in self.places.get(&piece).into_iter().flatten() {
                after[place..place + PIECE].fill(true);
            }
        }
        let number = |shown: &[bool]| shown.iter().filter(|shown| **shown).count();
        let (before, now) = (number(&self.shown), number(&after));
        // As much as one text may show of it; the first one is judged by that alone.
        let bound = if length < 16 { length.div_ceil(2).max(5) } else { 8 };
        if before > 0 && now > before && now >= bound {
            return true;
        }
        self.shown = after;
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // P10: split over headers and the body, it is still a secret.
    #[test]
    fn a_value_that_comes_in_pieces_is_not_shown() {
        const VALUE: &str = "Zq7hunterXk9wMplr2vB8sdTy4cFg6nJu";
        for (texts, is_too_much) in [
            (vec!["Zq7hunt", "the rest: erXk9wM"], vec![false, true]),
            (vec!["Zq7h", "unte", "rXk9", "wMpl"], vec![false, true, true, true]),
            (vec!["Fg6nJu", "Zq7hunt"], vec![false, true]),
            (vec!["ZQ7HU", "NTERX"], vec![false, true]),
            (vec!["Zq7hunt", "Zq7hunt"], vec![false, false]),
            (vec!["a hunter in", "an ordinary", "answer"], vec![false, false, false]),
        ] {
            let mut pieces = Pieces::of([VALUE].into_iter());
            let found: Vec<_> = texts.iter().map(|text| pieces.add(text).is_some()).collect();
            assert_eq!(found, is_too_much, "{texts:?}");
        }
    }

    #[test]
    fn a_value_that_has_no_piece_is_never_shown_in_pieces() {
        let mut pieces = Pieces::of(["", "abc"].into_iter());
        assert_eq!((pieces.add("abc"), pieces.add("abc and more")), (None, None));
    }
}
