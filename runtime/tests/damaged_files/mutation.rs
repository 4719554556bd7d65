//! Changes to a file as accidents and attackers make them.

/// Numbers out of a seed, after Vigna's SplitMix64.
pub struct Random(u64);

impl Random {
    pub fn new(seed: u64) -> Random {
        Random(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ mixed >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ mixed >> 31
    }

    /// A number below `limit`, or 0.
    pub fn below(&mut self, limit: usize) -> usize {
        (self.next() % limit.max(1) as u64) as usize
    }

    pub fn one_of<'a, T>(&mut self, items: &'a [T]) -> &'a T {
        &items[self.below(items.len())]
    }
}

/// Bytes that mean something in many formats.
const BYTES: [u8; 8] = [0, 0xff, 0x80, 0x7f, b' ', b'\n', b'"', b'-'];
/// Binary numbers at the edges of what fits.
const NUMBERS: [u64; 8] = [
    0,
    1,
    0x7fff,
    0x8000,
    0xffff,
    0x7fff_ffff,
    0x8000_0000,
    u64::MAX,
];
/// Numbers as text, at the edges of what fits and beyond.
const TEXTS: [&str; 12] = [
    "0",
    "-1",
    "",
    "NaN",
    "inf",
    "1e999",
    "1e-999",
    "-32768",
    "4294967296",
    "1000000000",
    "18446744073709551615",
    "99999999999999999999999",
];
/// The longest part that is moved, repeated or removed.
const LONGEST_PART: usize = 400;

/// `bytes` with one to four changes; parts of other files of the corpus may be among them.
pub fn mutated(bytes: &[u8], corpus: &[Vec<u8>], random: &mut Random) -> Vec<u8> {
    let mut changed = bytes.to_vec();
    for _ in 0..=random.below(4) {
        change(&mut changed, corpus, random);
    }
    changed
}

fn change(bytes: &mut Vec<u8>, corpus: &[Vec<u8>], random: &mut Random) {
    let place = random.below(bytes.len());
    let part = place..(place + random.below(LONGEST_PART)).min(bytes.len());
    match random.below(10) {
        0 => bytes.truncate(place),
        1 => drop(bytes.drain(part)),
        2 => {
            let part = bytes[part].to_vec();
            bytes.splice(place..place, part);
        }
        3 => {
            let other = random.one_of(corpus);
            let from = random.below(other.len());
            let to = (from + random.below(LONGEST_PART)).min(other.len());
            bytes.splice(part, other[from..to].iter().copied());
        }
        4 => {
            let number = random.one_of(&NUMBERS).to_le_bytes();
            let width = *random.one_of(&[2, 4, 8]);
            let mut number = number[..width].to_vec();
            if random.below(2) == 0 {
                number.reverse();
            }
            let end = (place + width).min(bytes.len());
            bytes.splice(place..end, number);
        }
        5 | 6 => {
            let text = *random.one_of::<&str>(&TEXTS);
            replace_number(bytes, place, text);
        }
        7 => {
            if let Some(byte) = bytes.get_mut(place) {
                *byte = *random.one_of(&BYTES);
            }
        }
        _ => {
            if let Some(byte) = bytes.get_mut(place) {
                *byte ^= 1 << random.below(8);
            }
        }
    }
}

/// Replaces the first number in text at or after `place`.
fn replace_number(bytes: &mut Vec<u8>, place: usize, text: &str) {
    let digit = |byte: &u8| byte.is_ascii_digit();
    let Some(begin) = bytes.iter().skip(place).position(digit) else {
        return;
    };
    let begin = place + begin;
    let length = bytes
        .iter()
        .skip(begin)
        .take_while(|byte| digit(byte))
        .count();
    bytes.splice(begin..begin + length, text.bytes());
}
