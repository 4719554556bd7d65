//! Byte stuffing of a whole frame where it lies (spec §2).
//!
//! A processor without cache spends most of a frame's time on this and the checksum: done for the frame as a whole it
//! takes half the instructions of a state machine that is fed byte by byte.

/// The code byte of the longest block: 254 bytes, and no zero after them.
const LONGEST: u8 = 255;

/// Stuffs the bytes `buffer[1..end]` in place, the first code byte before them, and returns the end of what is stuffed.
/// `None` if the code bytes that runs of 254 bytes without a zero need do not fit: the buffer is then spoilt.
pub(super) fn stuff_in_place(buffer: &mut [u8], end: usize) -> Option<usize> {
    let mut stuffed_end = end;
    // Backwards, because a zero's code byte is the distance to the zero after it.
    let mut distance = 1;
    let mut last = true;
    for at in (1..end).rev() {
        if *buffer.get(at)? == 0 {
            stuffed_end = put_code(buffer, at, distance, last, stuffed_end)?;
            distance = 0;
            last = false;
        }
        distance += 1;
    }
    put_code(buffer, 0, distance, last, stuffed_end)
}

/// Puts the code byte of a stretch that ends `distance` further on, with a zero or, as the last, without. What follows
/// is stuffed; its end comes back.
#[inline(always)]
fn put_code(
    buffer: &mut [u8],
    at: usize,
    distance: usize,
    last: bool,
    end: usize,
) -> Option<usize> {
    match u8::try_from(distance) {
        Ok(code) if code < LONGEST || last => {
            *buffer.get_mut(at)? = code;
            Some(end)
        }
        _ => split(buffer, at, distance, last, end),
    }
}

/// The same for a stretch that needs several blocks. Distances within what follows stay the same when it moves.
#[cold]
fn split(
    buffer: &mut [u8],
    mut at: usize,
    mut distance: usize,
    last: bool,
    mut end: usize,
) -> Option<usize> {
    let block = usize::from(LONGEST);
    while distance > block || (distance == block && !last) {
        if end == buffer.len() {
            return None;
        }
        *buffer.get_mut(at)? = LONGEST;
        at += block;
        distance -= block - 1;
        buffer.copy_within(at..end, at + 1);
        end += 1;
    }
    // Not above `block`.
    *buffer.get_mut(at)? = distance as u8;
    Some(end)
}

#[cfg(test)]
mod tests {
    extern crate std;

    use super::*;
    use proptest::prelude::*;
    use std::vec;

    proptest! {
        #[test]
        fn an_independent_implementation_stuffs_alike(
            // Few zeros, so that long blocks are met.
            raw in prop::collection::vec(prop_oneof![400 => 1..=u8::MAX, 1 => Just(0)], 1..1100),
            spare in 0_usize..6,
        ) {
            let mut expected = vec![0; cobs::max_encoding_length(raw.len())];
            let expected_len = cobs::encode(&raw, &mut expected);
            let mut buffer = vec![0; 1];
            buffer.extend_from_slice(&raw);
            let end = buffer.len();
            buffer.resize(end + spare, 0xAA);
            let stuffed = stuff_in_place(&mut buffer, end);
            if expected_len > end + spare {
                prop_assert_eq!(stuffed, None);
            } else {
                prop_assert_eq!(stuffed, Some(expected_len));
                prop_assert_eq!(&buffer[..expected_len], &expected[..expected_len]);
            }
        }
    }

    #[test]
    fn blocks_end_where_they_must() {
        for run in [253, 254, 255, 507, 508, 509] {
            for ending in [&[][..], &[0], &[0, 7], &[0, 0]] {
                let mut raw = vec![7; run];
                raw.extend_from_slice(ending);
                let expected = {
                    let mut stuffed = vec![0; raw.len() + 4];
                    let length = cobs::encode(&raw, &mut stuffed);
                    stuffed.truncate(length);
                    stuffed
                };
                let mut buffer = vec![0; raw.len() + 4];
                buffer[1..=raw.len()].copy_from_slice(&raw);
                let end = stuff_in_place(&mut buffer, raw.len() + 1).expect("room for three codes");
                assert_eq!(buffer[..end], expected, "{run} bytes and {ending:?}");
            }
        }
    }
}
