//! Formats whose samples share bytes: 212, 310 and 311.

/// 12-bit samples in pairs. The first is byte 0 with the low half of byte 1 above it; the second is
/// byte 2 with the high half of byte 1 above it.
pub(super) fn decode_212(bytes: &[u8]) -> Vec<i32> {
    let (triples, rest) = bytes.as_chunks::<3>();
    let mut samples = Vec::with_capacity(triples.len() * 2 + 1);
    let first_of = |low: u8, shared: u8| u16::from(low) | (u16::from(shared & 0x0f) << 8);
    for &[first, shared, second] in triples {
        samples.push(signed::<12>(first_of(first, shared)));
        samples.push(signed::<12>(
            u16::from(second) | (u16::from(shared & 0xf0) << 4),
        ));
    }
    if let &[first, shared] = rest {
        samples.push(signed::<12>(first_of(first, shared)));
    }
    samples
}

/// 10-bit samples in threes. The first two are bits 1 to 10 of a 16-bit word each; the third has its
/// low half in the upper five bits of the first word and its high half in those of the second.
pub(super) fn decode_310(bytes: &[u8]) -> Vec<i32> {
    let (quads, rest) = bytes.as_chunks::<4>();
    let mut samples = Vec::with_capacity(quads.len() * 3 + 1);
    let sample_of = |word: u16| signed::<10>(word >> 1 & 0x3ff);
    for &[a, b, c, d] in quads {
        let (one, two) = (u16::from_le_bytes([a, b]), u16::from_le_bytes([c, d]));
        samples.push(sample_of(one));
        samples.push(sample_of(two));
        samples.push(signed::<10>(one >> 11 | (two >> 11) << 5));
    }
    if let &[a, b, ..] = rest {
        samples.push(sample_of(u16::from_le_bytes([a, b])));
    }
    samples
}

/// 10-bit samples in threes: bits 0 to 9, 10 to 19 and 20 to 29 of a 32-bit word.
pub(super) fn decode_311(bytes: &[u8]) -> Vec<i32> {
    let (quads, rest) = bytes.as_chunks::<4>();
    let mut samples = Vec::with_capacity(quads.len() * 3 + 2);
    let sample_of = |word: u32, place: u32| signed::<10>((word >> (10 * place)) as u16 & 0x3ff);
    for &quad in quads {
        let word = u32::from_le_bytes(quad);
        samples.extend((0..3).map(|place| sample_of(word, place)));
    }
    match *rest {
        [a, b] => samples.push(sample_of(u32::from_le_bytes([a, b, 0, 0]), 0)),
        [a, b, c] => {
            let word = u32::from_le_bytes([a, b, c, 0]);
            samples.extend((0..2).map(|place| sample_of(word, place)));
        }
        _ => {}
    }
    samples
}

/// The two's complement number in the low `BITS` bits.
fn signed<const BITS: u32>(bits: u16) -> i32 {
    let unused = 16 - BITS;
    i32::from((bits << unused) as i16 >> unused)
}
