//! Bytes that pages of the history have in common: a bitmap of positions, and numbers in LEB128. Pure.

use super::directory::POSITIONS_PER_PAGE;

/// Bytes of the bitmap: bit `p % 8` of byte `p / 8` is set if position `p` has an entry.
pub const BITMAP: usize = POSITIONS_PER_PAGE / 8;

/// Packed bytes that do not read back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PackingError {
    #[error("a page of {0} bytes ends too early")]
    Cut(usize),
    #[error("a page of {0} bytes goes on after its end")]
    TooLong(usize),
    #[error("a page has a number of more than 32 bits")]
    TooLarge,
}

pub fn bitmap(positions: impl Iterator<Item = usize>) -> Vec<u8> {
    let mut bytes = vec![0; BITMAP];
    for position in positions {
        if let Some(byte) = bytes.get_mut(position / 8) {
            *byte |= 1 << (position % 8);
        }
    }
    bytes
}

/// The positions of a bitmap, in their order.
pub fn positions(bitmap: &[u8]) -> Vec<usize> {
    let is_set =
        |position: &usize| bitmap.get(position / 8).is_some_and(|byte| byte >> (position % 8) & 1 == 1);
    (0..POSITIONS_PER_PAGE).filter(is_set).collect()
}

/// Appends `number`: seven bits a byte, the lowest first; all but the last byte have their highest bit set.
pub fn push(bytes: &mut Vec<u8>, number: u32) {
    let mut rest = number;
    loop {
        let [low, ..] = (rest & 0x7f).to_le_bytes();
        rest >>= 7;
        if rest == 0 {
            bytes.push(low);
            return;
        }
        bytes.push(low | 0x80);
    }
}

/// Reads packed bytes in their order.
pub struct PackedBytes<'a> {
    all: usize,
    left: &'a [u8],
}

impl<'a> PackedBytes<'a> {
    /// The positions of the bitmap that `bytes` begin with, and what follows it.
    pub fn after_bitmap(bytes: &'a [u8]) -> Result<(Vec<usize>, Self), PackingError> {
        let mut reader = Self { all: bytes.len(), left: bytes };
        Ok((reader.bitmap()?, reader))
    }

    /// The positions of a bitmap that comes next.
    pub fn bitmap(&mut self) -> Result<Vec<usize>, PackingError> {
        let (bitmap, left) = self.left.split_at_checked(BITMAP).ok_or(PackingError::Cut(self.all))?;
        self.left = left;
        Ok(positions(bitmap))
    }

    pub fn byte(&mut self) -> Result<u8, PackingError> {
        let (first, left) = self.left.split_first().ok_or(PackingError::Cut(self.all))?;
        self.left = left;
        Ok(*first)
    }

    pub fn number(&mut self) -> Result<u32, PackingError> {
        let mut number = 0_u64;
        for shift in (0..35).step_by(7) {
            let byte = self.byte()?;
            number |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return u32::try_from(number).map_err(|_| PackingError::TooLarge);
            }
        }
        Err(PackingError::TooLarge)
    }

    /// As many numbers as are asked for.
    pub fn numbers<const N: usize>(&mut self) -> Result<[u32; N], PackingError> {
        let mut numbers = [0; N];
        for number in &mut numbers {
            *number = self.number()?;
        }
        Ok(numbers)
    }

    pub fn end(self) -> Result<(), PackingError> {
        if self.left.is_empty() { Ok(()) } else { Err(PackingError::TooLong(self.all)) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn numbers_come_back_as_they_were(numbers: Vec<u32>) {
            let mut bytes = bitmap([].into_iter());
            for number in &numbers {
                push(&mut bytes, *number);
            }
            let (none, mut reader) = PackedBytes::after_bitmap(&bytes).expect("it has a bitmap");
            prop_assert!(none.is_empty());
            for number in &numbers {
                prop_assert_eq!(reader.number(), Ok(*number));
            }
            prop_assert_eq!(reader.end(), Ok(()));
        }
    }

    #[test]
    fn a_number_without_an_end_or_beyond_32_bits_is_an_error() {
        let number = |tail: &[u8]| {
            let bytes = [&[0; BITMAP], tail].concat();
            PackedBytes::after_bitmap(&bytes).and_then(|(_, mut reader)| reader.number())
        };
        assert_eq!(number(&[0x7f]), Ok(127));
        assert_eq!(number(&[0x80]), Err(PackingError::Cut(BITMAP + 1)));
        assert_eq!(number(&[0xff; 6]), Err(PackingError::TooLarge));
        assert_eq!(number(&[0xff, 0xff, 0xff, 0xff, 0x7f]), Err(PackingError::TooLarge));
    }
}
